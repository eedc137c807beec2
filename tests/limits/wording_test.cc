#include "limits/wording.h"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limits {
namespace {

constexpr std::array<std::string_view, 3> kWords = {"DAY", "WEEK", "MONTH"};

TEST(Wording, QuotesAreSafeToPrintOnATerminal) {
  EXPECT_EQ(in_quotes("plain"), R"("plain")");
  EXPECT_EQ(in_quotes("a\"b\n\x1b[31m"), R"("a\"b\n\u001b[31m")");
  EXPECT_EQ(in_quotes("\x7f"), R"("\u007f")");
  EXPECT_EQ(in_quotes("\u009b31m"), R"("\u009b31m")");
  EXPECT_EQ(in_quotes("Ü"), "\"Ü\"");
}

TEST(Wording, QuotesAreCutBetweenCharacters) {
  const std::string fits(48, 'x');
  EXPECT_EQ(in_quotes(fits), "\"" + fits + "\"");
  EXPECT_EQ(in_quotes(fits + "x"), "\"" + fits + "…\"");
  EXPECT_EQ(in_quotes(fits.substr(1) + "Üyz"), "\"" + fits.substr(1) + "…\"");
}

TEST(Wording, WhatIsShownIsWhatWouldStandInQuotes) {
  EXPECT_EQ(shown("-12.5e3"), "-12.5e3");
  EXPECT_EQ(shown("a\x7f" + std::string(100, 'x')), "a\\u007f" + std::string(46, 'x') + "…");
}

TEST(Wording, NamesTheNearestWord) {
  EXPECT_EQ(did_you_mean("MONHT", kWords), "; did you mean \"MONTH\"?");
  EXPECT_EQ(did_you_mean("week", kWords), "; did you mean \"WEEK\"?");
  EXPECT_EQ(did_you_mean("FORTNIGHT", kWords), "");
  EXPECT_EQ(did_you_mean("DAY", std::array<std::string_view, 1>{"DAY\x7f"}), "; did you mean \"DAY\\u007f\"?");
  EXPECT_EQ(did_you_mean(std::string(100'000, 'x'), kWords), "");
}

TEST(Wording, ListsWhatThereIs) {
  EXPECT_EQ(one_of(kWords), "one of DAY, WEEK, MONTH");
  EXPECT_EQ(one_of(std::array<std::string_view, 2>{"a\x7f", "b\n"}), "one of a\\u007f, b\\n");
  EXPECT_THAT(one_of(std::vector<std::string_view>(1000, "x")), testing::EndsWith("x, x, …"));
  EXPECT_LT(one_of(std::vector<std::string_view>(1000, std::string(1000, 'x'))).size(), 2000U);
}

}  // namespace
}  // namespace limits
