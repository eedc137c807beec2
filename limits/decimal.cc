#include "limits/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

// Here and not in the header: it would cost each file that includes that two seconds.
#include <boost/multiprecision/cpp_int.hpp>

#include "limits/wording.h"

namespace limits {
namespace {

using Exact = boost::multiprecision::checked_int128_t;  // throws where it would overflow
__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;

constexpr auto kPowersOfTen = [] {
  std::array<Wide, Decimal::kMaxDigits + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

Wide power_of_ten(int exponent) {
  return kPowersOfTen[static_cast<std::size_t>(exponent)];
}

/// Returns how many digits it wrote. By words of 19 digits: a division of 128 bits costs as much as ten of 64.
std::size_t write_digits(char* out, UnsignedWide magnitude) {
  constexpr int kDigitsOfWord = 19;
  char* const end = out + Decimal::kMaxDigits;
  const auto word = static_cast<UnsignedWide>(power_of_ten(kDigitsOfWord));
  if (magnitude < word)
    return static_cast<std::size_t>(std::to_chars(out, end, static_cast<std::uint64_t>(magnitude)).ptr - out);
  const std::size_t upper = write_digits(out, magnitude / word);  // NOLINT(clang-analyzer-core.DivideZero): 10^19
  std::array<char, kDigitsOfWord> lower;
  const std::size_t count = write_digits(lower.data(), magnitude % word);
  char* const filled = std::fill_n(out + upper, kDigitsOfWord - count, '0');
  std::copy_n(lower.data(), count, filled);
  return upper + kDigitsOfWord;
}

Fault not_a_decimal(std::string_view text) {
  return {Reason::kIllTyped, "expected decimal text like \"12.50\", found " + in_quotes(text)};
}

Fault too_many_digits(std::string_view found) {
  return {Reason::kOutOfRange, "expected at most 38 digits, found " + std::string(found)};
}

}  // namespace

template <class Unsigned>
Checked<Decimal> Decimal::parse_as(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view number = text.substr(negative ? 1 : 0);
  Unsigned magnitude = 0;
  std::size_t point = number.size();
  for (std::size_t i = 0; i < number.size(); ++i) {
    const char c = number[i];
    if (c >= '0' && c <= '9') {
      magnitude = magnitude * 10 + static_cast<Unsigned>(c - '0');
    } else if (c == '.' && point == number.size() && i > 0 && i + 1 < number.size()) {
      point = i;
    } else {
      return std::unexpected(not_a_decimal(text));
    }
  }
  if (number.empty()) return std::unexpected(not_a_decimal(text));
  const bool has_point = point < number.size();
  if (number.size() - (has_point ? 1 : 0) > kMaxDigits) return std::unexpected(too_many_digits(in_quotes(text)));
  Decimal decimal;
  decimal.unscaled_ = static_cast<Integer>(magnitude);
  if (negative) decimal.unscaled_ = -decimal.unscaled_;
  if (has_point) decimal.scale_ = static_cast<std::int8_t>(number.size() - point - 1);
  return decimal;
}

Checked<Decimal> Decimal::parse(std::string_view text) {
  constexpr std::size_t kFitsInWord = 19;
  return text.size() <= kFitsInWord ? parse_as<std::uint64_t>(text) : parse_as<Magnitude>(text);
}

Checked<Decimal> Decimal::add(const Decimal& a, const Decimal& b) {
  Decimal sum;
  sum.scale_ = std::max(a.scale_, b.scale_);
  const auto rescaled = [&](const Decimal& number) -> Exact {
    return Exact(number.unscaled_) * Exact(power_of_ten(sum.scale_ - number.scale_));
  };
  try {
    const Exact exact = rescaled(a) + rescaled(b);
    if (abs(exact) < Exact(power_of_ten(kMaxDigits))) {
      sum.unscaled_ = static_cast<Integer>(exact);
      return sum;
    }
  } catch (const std::overflow_error&) {
    // Even farther beyond 38 digits than the type can hold.
  }
  return std::unexpected(too_many_digits("the sum of " + a.to_string() + " and " + b.to_string()));
}

bool Decimal::is_percentage(const Decimal& percentage, const Decimal& part, const Decimal& whole) {
  // |p - 100 r / v| <= 0.01, multiplied by 100 |v| and by the scales of all three: products of 118 digits at most.
  using Product = boost::multiprecision::int512_t;
  const Product p(percentage.unscaled_);
  const Product r(part.unscaled_);
  const Product v(whole.unscaled_);
  const Product p_scale(power_of_ten(percentage.scale_));
  const Product r_scale(power_of_ten(part.scale_));
  const Product v_scale(power_of_ten(whole.scale_));
  const Product difference = p * v * r_scale - 100 * r * p_scale * v_scale;
  return 100 * abs(difference) <= abs(v) * p_scale * r_scale;
}

char* Decimal::write_to(char* out) const {
  std::array<char, kMaxDigits> buffer;
  const auto magnitude = static_cast<Magnitude>(unscaled_ < 0 ? -unscaled_ : unscaled_);
  const std::string_view digits(buffer.data(), write_digits(buffer.data(), magnitude));
  const auto scale = static_cast<std::size_t>(scale_);

  if (unscaled_ < 0) *out++ = '-';
  if (digits.size() > scale) {
    const std::size_t whole = digits.size() - scale;
    out += digits.copy(out, whole);
    if (scale == 0) return out;
    *out++ = '.';
    return out + digits.copy(out, scale, whole);
  }
  *out++ = '0';
  *out++ = '.';
  out = std::fill_n(out, scale - digits.size(), '0');
  return out + digits.copy(out, digits.size());
}

void Decimal::append_to(std::string& out) const {
  std::array<char, kMaxText> buffer;
  out.append(buffer.data(), write_to(buffer.data()));
}

std::string Decimal::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.scale_ == b.scale_) return a.unscaled_ <=> b.unscaled_;
  // Whole parts first: what is left of each is below one, so the common scale cannot take it beyond 38 digits.
  const Wide one_a = power_of_ten(a.scale_);
  const Wide one_b = power_of_ten(b.scale_);
  if (const auto whole = a.unscaled_ / one_a <=> b.unscaled_ / one_b; whole != 0) return whole;
  const int scale = std::max(a.scale_, b.scale_);
  return a.unscaled_ % one_a * power_of_ten(scale - a.scale_) <=> b.unscaled_ % one_b * power_of_ten(scale - b.scale_);
}

}  // namespace limits
