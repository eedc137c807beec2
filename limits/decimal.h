#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "limits/fault.h"

namespace limits {

/// An exact decimal number: an integer and a scale. Never a double, never rounded.
/// Text: `-?[0-9]+(\.[0-9]+)?`, at most 38 digits as written; "-0" reads as "0". The scale of the text is kept:
/// "0" + "200.00" is "200.00". Comparison is by value: "5" == "5.00".
class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr std::size_t kMaxText = kMaxDigits + 2;  ///< bytes of the longest text: a sign and a point more

  Decimal() = default;  ///< "0"

  /// kIllTyped for text that is no decimal, kOutOfRange for too many digits; `what` has no place, the caller knows it.
  [[nodiscard]] static Checked<Decimal> parse(std::string_view text);

  /// The exact sum with the greater scale of the two; kOutOfRange if that has more than 38 digits.
  [[nodiscard]] static Checked<Decimal> add(const Decimal& a, const Decimal& b);

  /// Whether `percentage` is 100 x part / whole to within 0.01. `whole` is not 0.
  [[nodiscard]] static bool is_percentage(const Decimal& percentage, const Decimal& part, const Decimal& whole);

  /// Canonical text: no leading zeros but one before the point, `scale` digits after it. `parse` gives the same back.
  void append_to(std::string& out) const;
  [[nodiscard]] std::string to_string() const;
  /// The same into `kMaxText` bytes of the caller's. Returns the end of what was written.
  [[nodiscard]] char* write_to(char* out) const;

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  __extension__ using Integer = __int128;
  __extension__ using Magnitude = unsigned __int128;

  template <class Unsigned>
  static Checked<Decimal> parse_as(std::string_view text);

  Integer unscaled_ = 0;   ///< less than 10^38 from zero
  std::int8_t scale_ = 0;  ///< less than 38, so that the text has a digit before the point
};

}  // namespace limits
