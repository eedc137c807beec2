#include "limits/discrepancy.h"

#include <gmock/gmock.h>

#include "tests/limits/reader.h"

namespace limits {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Decimal decimal(std::string_view text) {
  return Decimal::parse(text).value();
}

std::vector<std::string> found_in(std::string_view payload, const Before& before) {
  Reader reader;
  const auto event = reader.read(R"({"type":"T","payload":)" + std::string(payload) + "}");
  return discrepancies(event.value(), before);
}

const Before kBefore{.progress = decimal("120.50"), .value = decimal("500")};

TEST(Discrepancies, AreNoneWhereAllSumsAgreeAsNumbers) {
  EXPECT_THAT(found_in(R"({"previousProgress":"120.5","amount":"79.5","remainingAmount":"300.00"})", kBefore),
              IsEmpty());
  EXPECT_THAT(found_in(R"({"resetAmount":"120.500","unusedAmount":"379.5","resetPercentage":"24.1"})", kBefore),
              IsEmpty());
}

TEST(Discrepancies, NameTheProgressBefore) {
  EXPECT_THAT(found_in(R"({"previousProgress":"120"})", kBefore),
              ElementsAre("previousProgress is 120, but progress was 120.50"));
  EXPECT_THAT(found_in(R"({"resetAmount":"0"})", kBefore), ElementsAre("resetAmount is 0, but progress was 120.50"));
}

TEST(Discrepancies, NameTheValue) {
  EXPECT_THAT(found_in(R"({"previousProgress":"120.50","amount":"1","remainingAmount":"300"})", kBefore),
              ElementsAre("previousProgress + amount + remainingAmount is 421.50, but value was 500"));
  EXPECT_THAT(found_in(R"({"resetAmount":"120.50","unusedAmount":"1"})", kBefore),
              ElementsAre("resetAmount + unusedAmount is 121.50, but value was 500"));
}

TEST(Discrepancies, AllowAPercentageItsRounding) {
  const Before third{.progress = decimal("1"), .value = decimal("3")};
  for (const std::string_view near : {"33.33", "33.34", "33.3334", "33.343"}) {
    EXPECT_THAT(found_in(R"({"resetAmount":"1","resetPercentage":")" + std::string(near) + "\"}", third), IsEmpty())
        << near;
  }
  for (const std::string_view far : {"33.32", "33.344", "0", "-33.33"}) {
    EXPECT_THAT(found_in(R"({"resetAmount":"1","resetPercentage":")" + std::string(far) + "\"}", third),
                ElementsAre("resetPercentage is " + std::string(far) + ", but resetAmount is 1 of 3"));
  }
}

TEST(Discrepancies, TakeThePercentageOfTheLargestNumbers) {
  const std::string digits(38, '9');
  EXPECT_TRUE(Decimal::is_percentage(decimal("100"), decimal(digits), decimal(digits)));
  EXPECT_FALSE(Decimal::is_percentage(decimal(digits), decimal("0." + digits.substr(1)), decimal("-" + digits)));
  EXPECT_TRUE(Decimal::is_percentage(decimal("-50.01"), decimal("1"), decimal("-2")));
  EXPECT_FALSE(Decimal::is_percentage(decimal("-50.011"), decimal("1"), decimal("-2")));
}

TEST(Discrepancies, LeaveOutWhatIsNotKnown) {
  EXPECT_THAT(found_in(R"({"previousProgress":"1","amount":"1","remainingAmount":"1","resetAmount":"9",)"
                       R"("unusedAmount":"9","resetPercentage":"9"})",
                       {}),
              IsEmpty());
  EXPECT_THAT(
      found_in(R"({"resetAmount":"0","resetPercentage":"77"})", {.progress = decimal("0"), .value = decimal("0.00")}),
      IsEmpty())
      << "of a value of 0 there is no percentage";
  EXPECT_THAT(found_in(R"({"amount":"1"})", kBefore), IsEmpty());
}

}  // namespace
}  // namespace limits
