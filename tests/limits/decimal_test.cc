#include "limits/decimal.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limits {
namespace {

using testing::HasSubstr;

constexpr std::string_view kNines = "99999999999999999999999999999999999999";  // 38 of them

Decimal decimal(std::string_view text) {
  const auto parsed = Decimal::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().what;
  return *parsed;
}

std::string sum(std::string_view a, std::string_view b) {
  const auto result = Decimal::add(decimal(a), decimal(b));
  return result ? result->to_string() : std::string(to_string(result.error().reason));
}

struct Printed {
  std::string text;
  std::string canonical;
};

class DecimalText : public testing::TestWithParam<Printed> {};

TEST_P(DecimalText, IsPrintedInItsCanonicalForm) {
  EXPECT_EQ(decimal(GetParam().text).to_string(), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DecimalText,
    testing::Values(Printed{"0", "0"}, Printed{"-0", "0"}, Printed{"-0.00", "0.00"}, Printed{"0.00", "0.00"},
                    Printed{"500", "500"}, Printed{"120.50", "120.50"}, Printed{"-120.50", "-120.50"},
                    Printed{"0.05", "0.05"}, Printed{"-0.05", "-0.05"}, Printed{"007.50", "7.50"},
                    Printed{"999999999999999999", "999999999999999999"},
                    Printed{"9999999999999999999", "9999999999999999999"},
                    Printed{"18446744073709551616", "18446744073709551616"},
                    Printed{"10000000000000000000", "10000000000000000000"},
                    Printed{"100000000000000000000000000000000000.01", "100000000000000000000000000000000000.01"},
                    Printed{"0.0000000000000000000000000000000000001", "0.0000000000000000000000000000000000001"},
                    Printed{std::string(kNines), std::string(kNines)},
                    Printed{"-" + std::string(kNines), "-" + std::string(kNines)}));

class NoDecimal : public testing::TestWithParam<std::string> {};

TEST_P(NoDecimal, IsIllTyped) {
  const auto parsed = Decimal::parse(GetParam());
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reason, Reason::kIllTyped);
  EXPECT_THAT(parsed.error().what, HasSubstr("decimal text like \"12.50\""));
}

INSTANTIATE_TEST_SUITE_P(Table, NoDecimal,
                         testing::Values("", "-", ".", ".5", "-.5", "5.", "+5", "1e3", "1E3", " 1", "1 ", "1,5",
                                         "1.2.3", "--1", "1-", "0x10", "NaN", "Infinity", "١", "12a", "1.5e1",
                                         std::string("1\0", 2), std::string(kNines) + "9x"));

TEST(Decimal, RefusesMoreThan38DigitsAsWritten) {
  for (const std::string& text : {"9" + std::string(kNines), "0" + std::string(kNines), "0." + std::string(kNines),
                                  "1." + std::string(40, '3'), std::string(1000, '1')}) {
    const auto parsed = Decimal::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().reason, Reason::kOutOfRange);
    EXPECT_THAT(parsed.error().what, HasSubstr("38 digits"));
  }
}

TEST(Decimal, AddsExactlyAndKeepsTheGreaterScale) {
  EXPECT_EQ(sum("0", "200.00"), "200.00");
  EXPECT_EQ(sum("120.50", "79.5"), "200.00");
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("-1.05", "1"), "-0.05");
  EXPECT_EQ(sum("5", "-5.00"), "0.00");
  EXPECT_EQ(sum("9999999999999999999", "1"), "10000000000000000000");
  EXPECT_EQ(sum("99999999999999999999999999999999999998", "1"), kNines);
}

TEST(Decimal, SumsBeyond38DigitsAreOutOfRange) {
  EXPECT_EQ(sum(kNines, "1"), "out_of_range");
  EXPECT_EQ(sum(kNines, kNines), "out_of_range");
  EXPECT_EQ(sum("-" + std::string(kNines), "-1"), "out_of_range");
  EXPECT_EQ(sum(kNines, "0.1"), "out_of_range");
  EXPECT_EQ(sum(kNines, "0.0000000000000000000000000000000000001"), "out_of_range");
  EXPECT_EQ(sum("10", "0.0000000000000000000000000000000000001"), "out_of_range");
}

TEST(Decimal, ComparesByValueAcrossScales) {
  EXPECT_EQ(decimal("5"), decimal("5.00"));
  EXPECT_EQ(decimal("-0.0"), decimal("0"));
  EXPECT_LT(decimal("4.99"), decimal("5"));
  EXPECT_LT(decimal("-5.01"), decimal("-5"));
  EXPECT_LT(decimal("-0.5"), decimal("0.25"));
  EXPECT_GT(decimal("-0.25"), decimal("-0.5"));
}

TEST(Decimal, ComparesWhereACommonScaleWouldNotFit) {
  const Decimal huge = decimal(kNines);
  const Decimal fine = decimal("9.9999999999999999999999999999999999999");
  EXPECT_GT(huge, fine);
  EXPECT_LT(fine, huge);
  EXPECT_LT(decimal("-" + std::string(kNines)), fine);
  EXPECT_GT(fine, decimal("9.9"));
  EXPECT_GT(decimal("10"), fine);
  EXPECT_EQ(decimal("1.0000000000000000000000000000000000000"), decimal("1"));
}

/// Numbers of all lengths and scales, near the bounds as often as not.
class RandomDecimals {
 public:
  std::string next() {
    const auto digits = between(1, 38);
    const auto scale = between(0, digits - 1);
    std::string text;
    for (std::uint64_t i = 0; i < digits; ++i)
      text += static_cast<char>('0' + (between(0, 3) == 0 ? 9 : between(0, 9)));
    if (scale > 0) text.insert(text.size() - scale, ".");
    return between(0, 1) == 0 ? text : "-" + text;
  }

 private:
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return std::uniform_int_distribution<std::uint64_t>(low, high)(random_);
  }
  std::mt19937_64 random_{20240402};
};

TEST(Decimal, HoldsTheLawsOfArithmeticForRandomNumbers) {
  RandomDecimals random;
  const Decimal zero;
  for (int i = 0; i < 20'000; ++i) {
    const std::string a_text = random.next();
    const std::string b_text = random.next();
    SCOPED_TRACE(a_text + " and " + b_text);
    const Decimal a = decimal(a_text);
    const Decimal b = decimal(b_text);
    ASSERT_EQ(decimal(a.to_string()), a);
    ASSERT_EQ(decimal(a.to_string()).to_string(), a.to_string());
    ASSERT_EQ(a<b, b> a);
    ASSERT_EQ(a < b, a <= b && a != b);
    ASSERT_EQ(Decimal::add(a, zero).value(), a);
    const auto sum = Decimal::add(a, b);
    ASSERT_EQ(sum.has_value(), Decimal::add(b, a).has_value());
    if (!sum) continue;
    ASSERT_EQ(*sum, Decimal::add(b, a).value());
    ASSERT_EQ(*sum < a, b < zero);
    ASSERT_EQ(*sum > a, b > zero);
    ASSERT_EQ(decimal(sum->to_string()), *sum);
  }
}

}  // namespace
}  // namespace limits
