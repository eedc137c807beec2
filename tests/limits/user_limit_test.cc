#include "limits/user_limit.h"

#include <gtest/gtest.h>

namespace limits {
namespace {

template <class Enum>
void expect_that_words_come_back() {
  for (std::size_t i = 0; i < words<Enum>().size(); ++i) {
    const auto value = from_word<Enum>(words<Enum>()[i]);
    ASSERT_TRUE(value);
    EXPECT_EQ(to_string(*value), words<Enum>()[i]);
  }
  EXPECT_FALSE(from_word<Enum>("day"));
  EXPECT_FALSE(from_word<Enum>(""));
}

TEST(UserLimit, EnumerationsComeBackFromTheirWords) {
  expect_that_words_come_back<LimitType>();
  expect_that_words_come_back<Period>();
  expect_that_words_come_back<Status>();
}

TEST(UserLimit, WordsStandInTheOrderOfTheirEnumerators) {
  EXPECT_EQ(to_string(LimitType::kSession), "SESSION");
  EXPECT_EQ(to_string(Period::kMonth), "MONTH");
  EXPECT_EQ(to_string(Status::kInCooldown), "IN_COOLDOWN");
}

UserLimit limit() {
  return {.aggregate_id = "user-7f3k",
          .user_limit_id = "limit-day-1",
          .user_id = "user-7f3k",
          .brand_id = "a001",
          .currency_code = "EUR",
          .type = LimitType::kDeposit,
          .period = Period::kDay,
          .status = Status::kActive,
          .value = "500",
          .progress = "200.00",
          .previous_limit_value = {},
          .active_from = 1712000000890,
          .active_until = {},
          .next_reset_time = {},
          .created_at = {}};
}

TEST(UserLimit, WhatRemainsIsExactAndMayBeLessThanNothing) {
  const auto rest = [](std::string_view value, std::string_view progress) {
    UserLimit made = limit();
    made.value = value;
    made.progress = progress;
    return remaining(made);
  };
  EXPECT_EQ(rest("500", "0"), "500");
  EXPECT_EQ(rest("500", "120.50"), "379.50");
  EXPECT_EQ(rest("500", "500.01"), "-0.01");
  EXPECT_EQ(rest("500", "-3"), "503");
  EXPECT_EQ(rest("99999999999999999999999999999999999999", "0.5"), std::nullopt);
}

TEST(UserLimit, IsJsonWithoutTheFieldsItLacks) {
  EXPECT_EQ(to_json(limit()),
            R"({"limitId":"limit-day-1","aggregateId":"user-7f3k","userId":"user-7f3k","brandId":"a001",)"
            R"("currencyCode":"EUR","type":"DEPOSIT","period":"DAY","status":"ACTIVE","value":"500",)"
            R"("progress":"200.00","remaining":"300.00","activeFrom":1712000000890})");
}

TEST(UserLimit, IsJsonWithAllItsFields) {
  UserLimit full = limit();
  full.previous_limit_value = "400";
  full.active_until = 1812000000000;
  full.next_reset_time = 1712086400890;
  full.created_at = -1;
  EXPECT_EQ(to_json(full),
            R"({"limitId":"limit-day-1","aggregateId":"user-7f3k","userId":"user-7f3k","brandId":"a001",)"
            R"("currencyCode":"EUR","type":"DEPOSIT","period":"DAY","status":"ACTIVE","value":"500",)"
            R"("progress":"200.00","remaining":"300.00","previousLimitValue":"400","activeFrom":1712000000890,)"
            R"("activeUntil":1812000000000,"nextResetTime":1712086400890,"createdAt":-1})");
}

TEST(UserLimit, EscapesTextThatPeopleChose) {
  UserLimit odd = limit();
  odd.user_limit_id = "a\"b\n'; DROP TABLE limits; --";
  EXPECT_TRUE(to_json(odd).starts_with(R"({"limitId":"a\"b\n'; DROP TABLE limits; --",)")) << to_json(odd);
}

}  // namespace
}  // namespace limits
