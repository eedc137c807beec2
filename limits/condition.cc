#include "limits/condition.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "limits/datum.h"
#include "limits/wording.h"

namespace limits {

std::optional<Number> Number::parse(std::string_view json_number) {
  Number number;
  if (auto exact = Decimal::parse(json_number)) number.exact_ = *exact;
  // Not by from_chars, with which libm comes: 300 kB for each child.
  number.near_ = std::strtod(std::string(json_number).c_str(), nullptr);
  return std::isfinite(number.near_) ? std::optional(number) : std::nullopt;
}

std::partial_ordering operator<=>(const Number& a, const Number& b) {
  if (a.exact_ && b.exact_) return *a.exact_ <=> *b.exact_;
  return a.near_ <=> b.near_;
}

bool Scalar::equals(const Value& value) const {
  if (value.kind != kind) return false;
  return kind == Value::Kind::kNumber ? number == Number::parse(value.text) : text == value.text;
}

bool AttributeTest::holds(const Value& value) const {
  const bool is_there = value.kind != Value::Kind::kAbsent;
  if (exists && *exists != is_there) return false;
  if (one_of && std::ranges::none_of(*one_of, [&](const Scalar& each) { return each.equals(value); })) return false;
  if (prefix && (value.kind != Value::Kind::kString || !value.text.starts_with(*prefix))) return false;
  if (!minimum && !maximum && !exclusive_minimum && !exclusive_maximum) return true;
  const auto number = value.kind == Value::Kind::kNumber ? Number::parse(value.text) : std::nullopt;
  return number && (!minimum || *number >= *minimum) && (!maximum || *number <= *maximum) &&
         (!exclusive_minimum || *number > *exclusive_minimum) && (!exclusive_maximum || *number < *exclusive_maximum);
}

bool Condition::holds(std::string_view type, const Document& document) const {
  struct Test {
    std::string_view type;
    const Document& document;

    bool operator()(const Group& group) const {
      const auto part_holds = [this](const Condition& part) { return part.holds(type, document); };
      return group.need == Need::kAll ? std::ranges::all_of(group.parts, part_holds)
                                      : std::ranges::any_of(group.parts, part_holds);
    }
    bool operator()(const Not& negation) const { return !negation.part.front().holds(type, document); }
    bool operator()(const TypePattern& pattern) const { return pattern.matches(type); }
    bool operator()(const AttributeTest& attribute) const { return attribute.holds(document.at(attribute.at)); }
  };
  return std::visit(Test{type, document}, test);
}

std::string TypePattern::why_not(std::string_view type) const {
  if (type.empty()) return "there is no type";
  return "the type is " + in_quotes(type) + (is_prefix ? " and does not begin with " : ", not ") + in_quotes(text);
}

std::string AttributeTest::why_not(const Value& value) const {
  const bool is_there = value.kind != Value::Kind::kAbsent;
  const std::string is = shown(at.text()) + (is_there ? " is " + describe(value) : " is not there");
  if (exists && *exists != is_there) return is_there ? is + ", and must not be there" : is;
  if (!is_there) return is;
  if (one_of && std::ranges::none_of(*one_of, [&](const Scalar& each) { return each.equals(value); })) {
    std::string wanted;
    for (const Scalar& each : *one_of) wanted += (wanted.empty() ? "" : ", ") + describe(Value{each.kind, each.text});
    return is + ", not " + (one_of->size() == 1 ? "" : "one of ") + wanted;
  }
  if (prefix && (value.kind != Value::Kind::kString || !value.text.starts_with(*prefix))) {
    return is + " and does not begin with " + in_quotes(*prefix);
  }
  return is + " and not within the bounds";
}

std::string Condition::why_not(std::string_view type, const Document& document) const {
  struct Teller {
    std::string_view type;
    const Document& document;

    std::string operator()(const Group& group) const {
      const auto fails = [this](const Condition& part) { return !part.holds(type, document); };
      const std::string first = std::ranges::find_if(group.parts, fails)->why_not(type, document);
      return group.need == Need::kAll || group.parts.size() == 1
                 ? first
                 : "none of " + std::to_string(group.parts.size()) + " holds; of the first: " + first;
    }
    std::string operator()(const Not&) const { return "what must not hold does"; }
    std::string operator()(const TypePattern& pattern) const { return pattern.why_not(type); }
    std::string operator()(const AttributeTest& attribute) const {
      return attribute.why_not(document.at(attribute.at));
    }
  };
  return std::visit(Teller{type, document}, test);
}

}  // namespace limits
