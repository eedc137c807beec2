#include "limits/fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limits {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Reason, ComesBackFromItsName) {
  for (const Reason reason : {Reason::kBadBase64, Reason::kBadJson, Reason::kMissingField, Reason::kIllTyped,
                              Reason::kUnknownValue, Reason::kOutOfRange, Reason::kUnrouted}) {
    EXPECT_EQ(parse_reason(to_string(reason)).value(), reason);
  }
}

TEST(Reason, HasAStableName) {
  EXPECT_EQ(to_string(Reason::kBadBase64), "bad_base64");
  EXPECT_EQ(to_string(Reason::kBadJson), "bad_json");
  EXPECT_EQ(to_string(Reason::kMissingField), "missing_field");
  EXPECT_EQ(to_string(Reason::kIllTyped), "ill_typed");
  EXPECT_EQ(to_string(Reason::kUnknownValue), "unknown_value");
  EXPECT_EQ(to_string(Reason::kOutOfRange), "out_of_range");
  EXPECT_EQ(to_string(Reason::kUnrouted), "unrouted");
}

TEST(Reason, AnUnknownNameIsAnsweredWithTheNearest) {
  EXPECT_THAT(parse_reason("bad_jason").error(),
              AllOf(HasSubstr("found \"bad_jason\""), HasSubstr("did you mean \"bad_json\"?")));
}

}  // namespace
}  // namespace limits
