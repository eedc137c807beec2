#include "store/store.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace store {
namespace {

TEST(Verdict, EveryOneHasAWordOfItsOwn) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < kVerdictCount; ++i) words.insert(to_string(static_cast<Verdict>(i)));
  EXPECT_EQ(words,
            (std::set<std::string_view>{"applied", "duplicate", "stale", "parked", "ignored", "dead", "expired"}));
  EXPECT_EQ(to_string(Verdict::kApplied), "applied");
  EXPECT_EQ(to_string(Verdict::kExpired), "expired");
}

TEST(Tally, CountsAndAddsByVerdict) {
  Tally one;
  one[Verdict::kApplied] = 2;
  one[Verdict::kExpired] = 1;
  Tally two;
  two[Verdict::kApplied] = 3;
  two[Verdict::kDead] = 5;
  one += two;
  EXPECT_EQ(one[Verdict::kApplied], 5);
  EXPECT_EQ(one[Verdict::kDead], 5);
  EXPECT_EQ(one[Verdict::kExpired], 1);
  EXPECT_EQ(one[Verdict::kStale], 0);
  EXPECT_EQ(one.total(), 11);
  EXPECT_NE(one, two);
}

// printf 'bad_json\0{"no' | sha256sum
TEST(DeadLetterKey, IsTheOneThatIsDocumented) {
  EXPECT_EQ(limits::to_hex(key_of(limits::Reason::kBadJson, "{\"no")),
            "a35e7e02943137b710693ea07bf748c23259f4d6263a4d5f34ea4aaeae6a7ff2");
}

TEST(DeadLetterKey, KeepsReasonAndBytesApart) {
  EXPECT_NE(key_of(limits::Reason::kBadJson, "x"), key_of(limits::Reason::kUnrouted, "x"));
  EXPECT_NE(key_of(limits::Reason::kBadJson, std::string_view("\0", 1)), key_of(limits::Reason::kBadJson, ""));
}

}  // namespace
}  // namespace store
