#include "limits/condition_reader.h"

#include <utility>

#include "limits/wording.h"

namespace limits {
namespace {

using rules_json::element;
using rules_json::json;
using rules_json::list_at;
using rules_json::member;
using rules_json::refuse;
using rules_json::text_at;

/// A longer one would make finding a type's rules dear.
constexpr std::size_t kLongestType = 256;

Condition read_condition(const json& value, const std::string& place);

TypePattern read_type(const json& value, const std::string& place) {
  const std::string& type = text_at(value, place);
  if (type.size() > kLongestType) {
    refuse(place, "an event type has at most " + std::to_string(kLongestType) + " bytes, found " + in_quotes(type));
  }
  if (type.find('*') < type.size() - 1) refuse(place, "\"*\" may only stand at the end, found " + in_quotes(type));
  const bool is_prefix = type.ends_with('*');
  return {type.substr(0, type.size() - (is_prefix ? 1 : 0)), is_prefix};
}

std::vector<Scalar> read_scalars(const json& value, const std::string& place) {
  std::vector<Scalar> scalars;
  for (std::size_t i = 0; i < list_at(value, place).size(); ++i) {
    scalars.push_back(read_scalar(value[i], element(place, i)));
  }
  return scalars;
}

Number read_number(const json& value, const std::string& place) {
  const Scalar scalar = read_scalar(value, place);
  if (!scalar.number) refuse(place, std::string("expected a number, found ") + value.type_name());
  return *scalar.number;
}

/// The tests that stand beside `at`.
AttributeTest read_attribute(const json& value, const std::string& place) {
  AttributeTest test;
  test.at = read_pointer(value["at"], member(place, "at"));
  bool tests_something = false;
  const auto take = [&](std::string_view name, auto& out, auto read) {
    const json* const found = rules_json::find(value, name);
    if (!found) return;
    out = read(*found, member(place, name));
    tests_something = true;
  };
  take("equals", test.one_of,
       [](const json& each, const std::string& at) { return std::vector{read_scalar(each, at)}; });
  if (test.one_of && value.contains("one_of")) refuse(place, "\"equals\" and \"one_of\" together; take one of them");
  take("one_of", test.one_of, read_scalars);
  take("exists", test.exists, [](const json& each, const std::string& at) {
    if (!each.is_boolean()) refuse(at, std::string("expected true or false, found ") + each.type_name());
    return each.get<bool>();
  });
  take("prefix", test.prefix, text_at);
  take("minimum", test.minimum, read_number);
  take("maximum", test.maximum, read_number);
  take("exclusive_minimum", test.exclusive_minimum, read_number);
  take("exclusive_maximum", test.exclusive_maximum, read_number);
  if (!tests_something) {
    refuse(place,
           "\"at\" needs a test: equals, one_of, exists, prefix, minimum, maximum, exclusive_minimum or "
           "exclusive_maximum");
  }
  return test;
}

Condition::Group read_group(Condition::Need need, const json& value, const std::string& place) {
  Condition::Group group{need, {}};
  for (std::size_t i = 0; i < list_at(value, place).size(); ++i) {
    group.parts.push_back(read_condition(value[i], element(place, i)));
  }
  return group;
}

void expect_condition(const json& value, const std::string& place) {
  rules_json::expect_members(value, place, {},
                             {"type", "at", "equals", "one_of", "exists", "prefix", "minimum", "maximum",
                              "exclusive_minimum", "exclusive_maximum", "all", "any", "not"});
  if (value.empty()) refuse(place, "is empty; {\"type\": \"*\"} matches every event");
  for (const auto& [name, each] : value.items()) {
    const bool stands_alone = name == "type" || name == "at" || name == "all" || name == "any" || name == "not";
    if (!stands_alone && !value.contains("at")) {
      refuse(member(place, name),
             "tests an attribute, and \"at\" beside it must say which: \"at\": \"/payload/status\"");
    }
  }
}

/// All that an object asks for but `type`.
std::vector<Condition> read_parts(const json& value, const std::string& place) {
  std::vector<Condition> parts;
  if (value.contains("at")) parts.push_back({read_attribute(value, place)});
  if (const json* const all = rules_json::find(value, "all")) {
    parts.push_back({read_group(Condition::Need::kAll, *all, member(place, "all"))});
  }
  if (const json* const any = rules_json::find(value, "any")) {
    parts.push_back({read_group(Condition::Need::kAny, *any, member(place, "any"))});
  }
  if (const json* const negated = rules_json::find(value, "not")) {
    Condition::Not negation;
    negation.part.push_back(read_condition(*negated, member(place, "not")));
    parts.push_back({std::move(negation)});
  }
  return parts;
}

Condition joined(std::vector<Condition> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return {Condition::Group{Condition::Need::kAll, std::move(parts)}};
}

Condition read_condition(const json& value, const std::string& place) {
  expect_condition(value, place);
  std::vector<Condition> parts = read_parts(value, place);
  if (const json* const type = rules_json::find(value, "type")) {
    parts.push_back({read_type(*type, member(place, "type"))});
  }
  return joined(std::move(parts));
}

}  // namespace

Match read_match(const json& value, const std::string& place) {
  expect_condition(value, place);
  Match match;
  if (const json* const type = rules_json::find(value, "type")) match.type = read_type(*type, member(place, "type"));
  std::vector<Condition> parts = read_parts(value, place);
  if (!parts.empty()) match.condition = joined(std::move(parts));
  return match;
}

Pointer read_pointer(const json& value, const std::string& place) {
  const std::string& text = text_at(value, place);
  auto pointer = Pointer::parse(text);
  if (!pointer) refuse(place, "expected a JSON Pointer like \"/payload/status\", found " + in_quotes(text));
  return std::move(*pointer);
}

Scalar read_scalar(const json& value, const std::string& place) {
  if (value.is_string()) return {Value::Kind::kString, value.get<std::string>(), {}};
  if (value.is_null()) return {Value::Kind::kNull, {}, {}};
  if (value.is_boolean()) return {Value::Kind::kBoolean, value.dump(), {}};
  if (!value.is_number()) {
    refuse(place, std::string("expected a string, a number, true, false or null, found ") + value.type_name());
  }
  std::string text = value.dump();
  const auto number = Number::parse(text);
  return {Value::Kind::kNumber, std::move(text), number};
}

}  // namespace limits
