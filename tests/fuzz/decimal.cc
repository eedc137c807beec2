// Two decimals, with a comma between them: text, order and sum have to be what sums on paper give.
#include "limits/decimal.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/fuzz/require.h"

namespace {

using limits::Decimal;
using limits::Reason;

/// A decimal as on paper: a sign, and digits of which the last `scale` stand behind the point.
struct Paper {
  bool negative = false;
  std::string digits;
  std::size_t scale = 0;
};

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Paper> read(std::string_view text) {
  Paper number;
  number.negative = text.starts_with('-');
  if (number.negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!all_digits(whole)) return std::nullopt;
  number.digits = whole;
  if (point == std::string_view::npos) return number;
  const std::string_view fraction = text.substr(point + 1);
  if (!all_digits(fraction)) return std::nullopt;
  number.digits += fraction;
  number.scale = fraction.size();
  return number;
}

/// With no zero in front but one before the point, and no minus before nothing.
Paper tidy(Paper number) {
  while (number.digits.size() > number.scale + 1 && number.digits.front() == '0') number.digits.erase(0, 1);
  if (number.digits.find_first_not_of('0') == std::string::npos) number.negative = false;
  return number;
}

std::string written(const Paper& number) {
  std::string text = number.digits;
  if (number.scale > 0) text.insert(text.size() - number.scale, ".");
  return (number.negative ? "-" : "") + text;
}

/// Brings two numbers to one scale and one length.
void align(Paper& a, Paper& b) {
  const std::size_t scale = std::max(a.scale, b.scale);
  for (Paper* number : {&a, &b}) {
    number->digits.append(scale - number->scale, '0');
    number->scale = scale;
  }
  const std::size_t length = std::max(a.digits.size(), b.digits.size()) + 1;
  for (Paper* number : {&a, &b}) number->digits.insert(0, length - number->digits.size(), '0');
}

std::string sum_of_digits(const std::string& a, const std::string& b) {
  std::string sum(a.size(), '0');
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int column = (a[i] - '0') + (b[i] - '0') + carry;
    sum[i] = static_cast<char>('0' + column % 10);
    carry = column / 10;
  }
  return sum;
}

/// `a` is not less than `b`.
std::string difference_of_digits(const std::string& a, const std::string& b) {
  std::string difference(a.size(), '0');
  int borrowed = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int column = (a[i] - '0') - (b[i] - '0') - borrowed;
    borrowed = column < 0 ? 1 : 0;
    difference[i] = static_cast<char>('0' + column + 10 * borrowed);
  }
  return difference;
}

Paper sum(Paper a, Paper b) {
  align(a, b);
  if (a.negative == b.negative) return tidy({a.negative, sum_of_digits(a.digits, b.digits), a.scale});
  if (a.digits < b.digits) std::swap(a, b);
  return tidy({a.negative, difference_of_digits(a.digits, b.digits), a.scale});
}

std::strong_ordering order(Paper a, Paper b) {
  if (a.negative != b.negative) return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
  align(a, b);
  return a.negative ? b.digits <=> a.digits : a.digits <=> b.digits;
}

/// What `Decimal::parse` is to say of the text, checked against what it says.
std::optional<Decimal> parse(std::string_view text) {
  const auto decimal = Decimal::parse(text);
  const auto paper = read(text);
  if (!decimal) fuzz::require_fit_to_show(decimal.error().what);
  if (!paper) {
    fuzz::require(!decimal && decimal.error().reason == Reason::kIllTyped, "no decimal, for the text is none");
    return std::nullopt;
  }
  if (paper->digits.size() > Decimal::kMaxDigits) {
    fuzz::require(!decimal && decimal.error().reason == Reason::kOutOfRange, "too many digits");
    return std::nullopt;
  }
  fuzz::require(decimal.has_value(), "a decimal");
  const std::string text_of_paper = written(tidy(*paper));
  fuzz::require(decimal->to_string() == text_of_paper, text_of_paper);
  return *decimal;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::WithinASecond watch;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t comma = std::min(input.find(','), input.size());
  const std::string_view left = input.substr(0, comma);
  const std::string_view right = input.substr(std::min(comma + 1, input.size()));
  const auto a = parse(left);
  const auto b = parse(right);
  if (!a || !b) return 0;

  const Paper x = tidy(*read(left));
  const Paper y = tidy(*read(right));
  fuzz::require((*a <=> *b) == order(x, y), "the order of the numbers");
  const Paper expected = sum(x, y);
  const auto got = Decimal::add(*a, *b);
  if (expected.digits.size() > Decimal::kMaxDigits) {
    fuzz::require(!got && got.error().reason == Reason::kOutOfRange, "a sum that is out of range");
  } else {
    fuzz::require(got && got->to_string() == written(expected), "the sum " + written(expected));
  }
  return 0;
}
