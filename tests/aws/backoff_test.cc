#include "aws/backoff.h"

#include <vector>

namespace aws {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, EndsAfterTheLastAttemptWithoutAPause) {
  int pauses = 0;
  Backoff backoff({.attempts = 3});
  const Pause pause = [&pauses](milliseconds) { ++pauses; };
  EXPECT_TRUE(backoff.wait_for_next_attempt(pause));
  EXPECT_TRUE(backoff.wait_for_next_attempt(pause));
  EXPECT_FALSE(backoff.wait_for_next_attempt(pause));
  EXPECT_EQ(pauses, 2);
}

TEST(Backoff, DoublesUpToTheLongestAndShortensByAtMostHalf) {
  std::vector<milliseconds> taken;
  Backoff backoff({.attempts = 100, .first = milliseconds(100), .longest = milliseconds(1'000)});
  while (backoff.wait_for_next_attempt([&taken](milliseconds time) { taken.push_back(time); })) continue;
  ASSERT_EQ(taken.size(), 99U);
  milliseconds whole(100);
  for (const milliseconds time : taken) {
    EXPECT_GE(time, whole / 2);
    EXPECT_LE(time, whole);
    whole = std::min(whole * 2, milliseconds(1'000));
  }
}

}  // namespace
}  // namespace aws
