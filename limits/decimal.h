#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_int.hpp>

#include "limits/fault.h"

namespace limits {

/// An exact decimal number: an integer of at most 38 digits and a scale. Never a double, never rounded.
/// Text: `-?[0-9]+(\.[0-9]+)?`, at most 38 digits in all; "-0" reads as "0". The scale of the text is kept:
/// "0" + "200.00" is "200.00". Comparison is by value: "5" == "5.00".
class Decimal {
 public:
  static constexpr int kMaxDigits = 38;

  Decimal() = default;  ///< "0"

  /// kIllTyped for text that is no decimal, kOutOfRange for too many digits; `what` has no place, the caller knows it.
  [[nodiscard]] static Checked<Decimal> parse(std::string_view text);

  /// The exact sum with the greater scale of the two, or kOutOfRange.
  [[nodiscard]] static Checked<Decimal> add(const Decimal& a, const Decimal& b);
  [[nodiscard]] static Checked<Decimal> multiply(const Decimal& a, const Decimal& b);

  /// Canonical text: no leading zeros but one before the point, `scale` digits after it.
  void append_to(std::string& out) const;
  [[nodiscard]] std::string to_string() const;

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  boost::multiprecision::checked_int128_t unscaled_ = 0;
  std::int8_t scale_ = 0;
};

}  // namespace limits
