#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "limits/decimal.h"
#include "limits/document.h"

namespace limits {

/// An event type in full, or the beginning of one.
struct TypePattern {
  std::string text;
  bool is_prefix = false;

  [[nodiscard]] bool matches(std::string_view type) const { return is_prefix ? type.starts_with(text) : type == text; }
  /// For people, if it does not match: `the type is "A", not "B"`.
  [[nodiscard]] std::string why_not(std::string_view type) const;
};

/// A number as JSON writes it: exact up to 38 digits, beyond them and with an exponent only as near as a double is.
class Number {
 public:
  /// Nothing if it is beyond a double.
  [[nodiscard]] static std::optional<Number> parse(std::string_view json_number);
  friend std::partial_ordering operator<=>(const Number& a, const Number& b);
  friend bool operator==(const Number& a, const Number& b) { return (a <=> b) == 0; }

 private:
  std::optional<Decimal> exact_;
  double near_ = 0;
};

/// A string, a number, true, false or null of the rules file. Two numbers are equal by value: 5 and 5.00.
struct Scalar {
  Value::Kind kind = Value::Kind::kNull;
  std::string text;  ///< as in Value
  std::optional<Number> number;

  [[nodiscard]] bool equals(const Value&) const;
};

/// What one attribute must be; all that is set must hold. What is not there, and null, has no value to test.
struct AttributeTest {
  Pointer at;
  std::optional<bool> exists;
  std::optional<std::vector<Scalar>> one_of;
  std::optional<std::string> prefix;
  std::optional<Number> minimum, maximum, exclusive_minimum, exclusive_maximum;

  [[nodiscard]] bool holds(const Value&) const;
  /// For people, if it does not hold: `/payload/brandId is "b1" and does not begin with "test-"`.
  [[nodiscard]] std::string why_not(const Value&) const;
};

/// What a rule asks of an event. As deep as its rules file, which has at most 16 levels.
struct Condition {
  enum class Need : bool { kAny, kAll };
  struct Group {
    Need need;
    std::vector<Condition> parts;
  };
  struct Not {
    std::vector<Condition> part;  ///< exactly one
  };
  std::variant<Group, Not, TypePattern, AttributeTest> test;

  [[nodiscard]] bool holds(std::string_view type, const Document&) const;
  /// For people, if it does not hold: the first part that does not, and what the event has there.
  [[nodiscard]] std::string why_not(std::string_view type, const Document&) const;
};

}  // namespace limits
