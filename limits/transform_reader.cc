#include "limits/transform_reader.h"

#include <algorithm>

#include "limits/condition_reader.h"
#include "limits/wording.h"

namespace limits {
namespace {

using rules_json::element;
using rules_json::expect_members;
using rules_json::find;
using rules_json::json;
using rules_json::member;
using rules_json::refuse;

constexpr int kMaxScale = Decimal::kMaxDigits - 1;

std::vector<Pointer> read_from(const json& value, const std::string& place) {
  std::vector<Pointer> from;
  if (!value.is_array()) {
    from.push_back(read_pointer(value, place));
    return from;
  }
  for (std::size_t i = 0; i < rules_json::list_at(value, place).size(); ++i) {
    from.push_back(read_pointer(value[i], element(place, i)));
  }
  return from;
}

As read_as(const json& value, const std::string& place) {
  const std::string& word = rules_json::text_at(value, place);
  const auto found = std::ranges::find(kAsWords, word);
  if (found == kAsWords.end()) {
    refuse(place, "expected " + one_of(kAsWords) + ", found " + in_quotes(word) + did_you_mean(word, kAsWords));
  }
  return static_cast<As>(found - kAsWords.begin() + 1);
}

int read_scale(const json& value, const std::string& place) {
  const bool fits = value.is_number_unsigned() && value <= kMaxScale;
  if (!fits) refuse(place, "expected an integer from 0 to " + std::to_string(kMaxScale));
  return value.get<int>();
}

std::vector<std::pair<std::string, Scalar>> read_map(const json& value, const std::string& place) {
  if (!value.is_object() || value.empty()) {
    refuse(place, R"(expected an object like {"D": "DAY"}, found )" +
                      std::string(value.is_object() ? "{}" : value.type_name()));
  }
  std::vector<std::pair<std::string, Scalar>> map;
  for (const auto& [word, meaning] : value.items()) {
    map.emplace_back(word, read_scalar(meaning, member(place, word)));
  }
  return map;
}

void read_steps(const json& value, const std::string& place, ValueSource& source) {
  source.from = read_from(value["from"], member(place, "from"));
  if (const json* const as = find(value, "as")) source.as = read_as(*as, member(place, "as"));
  const bool needs_scale = source.as == As::kDecimal || source.as == As::kMinorUnits;
  if (needs_scale != value.contains("scale")) {
    refuse(place, needs_scale ? "the key \"scale\" is missing: how many digits are behind the point"
                              : "\"scale\" belongs to \"as\": \"decimal\" or \"minor_units\"");
  }
  if (needs_scale) source.scale = read_scale(value["scale"], member(place, "scale"));
  if (const json* const map = find(value, "map")) source.map = read_map(*map, member(place, "map"));
  if (const json* const otherwise = find(value, "default")) {
    source.otherwise = read_scalar(*otherwise, member(place, "default"));
  }
}

ValueSource read_source(const json& value, const std::string& place) {
  ValueSource source{.from = {}, .map = {}, .otherwise = {}, .place = place};
  if (value.is_string()) {
    source.from = read_from(value, place);
    return source;
  }
  if (!value.is_object()) {
    refuse(place, std::string("expected a JSON Pointer or an object, found ") + value.type_name());
  }
  if (const json* const constant = find(value, "value")) {
    expect_members(value, place, {"value"});
    source.otherwise = read_scalar(*constant, member(place, "value"));
    return source;
  }
  expect_members(value, place, {"from"}, {"value", "as", "scale", "map", "default"});
  read_steps(value, place, source);
  return source;
}

std::vector<Transform::PayloadField> read_payload(const json& value, const Handler& handler, const std::string& place) {
  if (!value.is_object()) refuse(place, std::string("expected an object, found ") + value.type_name());
  std::vector<std::string_view> names;
  for (const FieldSpec& spec : handler.fields) names.push_back(name_of(spec.field));
  std::vector<Transform::PayloadField> payload;
  for (const auto& [name, each] : value.items()) {
    const auto known = std::ranges::find(names, name);
    if (known == names.end()) {
      refuse(member(place, name), std::string(handler.name) + " reads no such field; there may be " + one_of(names) +
                                      did_you_mean(name, names));
    }
    payload.push_back(
        {handler.fields[static_cast<std::size_t>(known - names.begin())], read_source(each, member(place, name))});
  }
  return payload;
}

}  // namespace

Transform read_transform(const json& value, const Handler& handler, const std::string& place) {
  expect_members(value, place, {}, {"aggregateId", "createdAt", "eventId", "sequenceNumber", "type", "payload"});
  std::vector<Transform::Envelope> envelope;
  for (std::size_t i = 0; i < kPartNames.size(); ++i) {
    const json* const source = find(value, kPartNames[i]);
    if (source) envelope.push_back({static_cast<Part>(i), read_source(*source, member(place, kPartNames[i]))});
  }
  std::vector<Transform::PayloadField> payload;
  if (const json* const fields = find(value, "payload")) {
    payload = read_payload(*fields, handler, member(place, "payload"));
  }
  return {std::move(envelope), std::move(payload)};
}

}  // namespace limits
