#include "aws/aggregate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/base64.h"

namespace aws {
namespace {

using testing::ElementsAre;

/// Made by tests/support/kpl.py: aggregate("key", [b"one", b"", b"three"]).
const std::string kAggregate =
    from_base64("84mawgoDa2V5GgcIABoDb25lGgQIABoAGgkIABoFdGhyZWXFoAtFOOG6zBuzeQlHBRIP").value();

TEST(UserRecords, AreThoseOfAnAggregateInTheirOrder) {
  EXPECT_THAT(user_records(kAggregate), ElementsAre("one", "", "three"));
}

TEST(UserRecords, AreTheRecordItselfWhereNothingIsPacked) {
  EXPECT_THAT(user_records(""), ElementsAre(""));
  EXPECT_THAT(user_records("{}"), ElementsAre("{}"));
  const std::string magic = kAggregate.substr(0, 4);
  EXPECT_THAT(user_records(magic), ElementsAre(magic));
}

TEST(UserRecords, AreTheRecordItselfWhereItsSumIsAnother) {
  for (std::size_t i = 0; i < kAggregate.size(); ++i) {
    std::string damaged = kAggregate;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_THAT(user_records(damaged), ElementsAre(damaged)) << i;
    const std::string shorter = kAggregate.substr(0, i);
    EXPECT_THAT(user_records(shorter), ElementsAre(shorter)) << i;
  }
}

/// Their sums are right, and they are no messages.
TEST(UserRecords, AreTheRecordItselfWhereItIsNoMessage) {
  for (const char* base64 : {
           "84mawhq+vkOhPWMgtMZ1GVi/U5in",                  // a tag without a size
           "84mawhp/YWJAmaclRR1kVd3sc3vmVlnE",              // longer than the rest
           "84mawhsBYWk0CCAWw5g7YGzH5iYHo5E=",              // of a kind that is not used
           "84mawv//////////////39hC5VR5xDg5fdx/M/tlXg==",  // a number without end
           "84mawhoCCABSgwZZtxP89WUnbNzRibin",              // a record without data
           "84mawhoDGglhHzFtEt/Bf1zDQ9ZZf0x6dQ==",          // a record cut short
       }) {
    const std::string broken = from_base64(base64).value();
    EXPECT_THAT(user_records(broken), ElementsAre(broken)) << base64;
  }
}

TEST(Base64, GivesTheBytesBackOrNothing) {
  EXPECT_EQ(from_base64("AP8="), std::string("\0\xff", 2));
  EXPECT_EQ(from_base64(""), "");
  for (const char* text : {"A", "AP8", "AP8=x", "A-8=", "AP8=="}) EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace aws
