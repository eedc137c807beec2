#include "processor/checkpoint_policy.h"

#include <gtest/gtest.h>

namespace processor {
namespace {

using std::chrono_literals::operator""s;

const CheckpointPolicy::Time kStart{};

TEST(CheckpointPolicy, HasNothingToCheckpointBeforeTheFirstRecord) {
  CheckpointPolicy policy(5s, kStart);
  EXPECT_FALSE(policy.due(kStart + 10s, true));
  EXPECT_FALSE(policy.due(kStart + 10s, false));
}

TEST(CheckpointPolicy, WaitsForItsIntervalWhileRecordsFlow) {
  CheckpointPolicy policy(5s, kStart);
  policy.advance({"7", 0});
  EXPECT_FALSE(policy.due(kStart + 4s, false));
  EXPECT_TRUE(policy.due(kStart + 5s, false));
}

TEST(CheckpointPolicy, DoesNotWaitOnceTheShardIsQuiet) {
  CheckpointPolicy policy(5s, kStart);
  policy.advance({"7", 0});
  EXPECT_TRUE(policy.due(kStart + 1s, true));
}

TEST(CheckpointPolicy, IsDueAfterEveryBatchAtAnIntervalOfZero) {
  CheckpointPolicy policy(0s, kStart);
  policy.advance({"7", 0});
  EXPECT_TRUE(policy.due(kStart, false));
}

TEST(CheckpointPolicy, StartsANewIntervalWhenTheDaemonAccepted) {
  CheckpointPolicy policy(5s, kStart);
  policy.advance({"7", 0});
  policy.accepted(kStart + 5s);
  EXPECT_FALSE(policy.due(kStart + 20s, true)) << "nothing new came";
  policy.advance({"8", 0});
  EXPECT_FALSE(policy.due(kStart + 9s, false));
  EXPECT_TRUE(policy.due(kStart + 10s, false));
}

TEST(CheckpointPolicy, GivesADaemonThatPostponedAnIntervalOfRestEvenIfQuiet) {
  CheckpointPolicy policy(5s, kStart);
  policy.advance({"7", 0});
  policy.postponed(kStart + 1s);
  EXPECT_FALSE(policy.due(kStart + 5s, true));
  EXPECT_TRUE(policy.due(kStart + 6s, true));
}

TEST(CheckpointPolicy, NamesTheLastPosition) {
  CheckpointPolicy policy(5s, kStart);
  EXPECT_EQ(policy.position(), (kcl::Position{"", 0}));
  policy.advance({"7", 0});
  policy.advance({"8", 3});
  EXPECT_EQ(policy.position(), (kcl::Position{"8", 3}));
}

}  // namespace
}  // namespace processor
