#include "api/freshness.h"

#include <gtest/gtest.h>

#include "store/memory/memory.h"
#include "tests/support/changes.h"

namespace api {
namespace {

store::ShardRow row(std::int64_t updated_at, std::optional<std::int64_t> behind,
                    std::optional<std::int64_t> ended = {}) {
  store::ShardRow made;
  made.updated_at = updated_at;
  made.millis_behind_latest = behind;
  made.ended_at = ended;
  return made;
}

std::optional<limits::TimeMs> as_of_all(const std::vector<store::ShardRow>& rows) {
  return as_of(rows);
}

TEST(Freshness, IsThatOfTheOpenShardThatIsFarthestBehind) {
  EXPECT_EQ(as_of_all({row(1000, 0), row(900, 50), row(950, 90)}), limits::TimeMs{850});
  EXPECT_EQ(as_of_all({row(1000, 0), row(10, 0, 10)}), limits::TimeMs{1000}) << "a shard at its end has no more to say";
}

TEST(Freshness, IsUnknownUnlessEveryOpenShardSaysHowFarItIs) {
  EXPECT_EQ(as_of_all({}), std::nullopt);
  EXPECT_EQ(as_of_all({row(10, 0, 10)}), std::nullopt);
  EXPECT_EQ(as_of_all({row(1000, 0), row(1000, std::nullopt)}), std::nullopt);
}

TEST(Freshness, LagIsNeverLessThanNothing) {
  EXPECT_EQ(lag({100}, {130}), 30);
  EXPECT_EQ(lag({100}, {90}), 0);
}

TEST(Freshness, IsReadAnewAfterAMoment) {
  const auto database = store::memory::create({});
  const auto writer = store::memory::open(database);
  const auto reader = store::memory::open_reader(database);
  const auto write_at = [&](std::int64_t now) {
    tests::Batch batch;
    batch.shard.now = {now};
    batch.shard.millis_behind_latest = 0;
    ASSERT_TRUE(writer->apply(batch.view(), store::Durability::kCommitted));
  };
  Freshness freshness;
  const Freshness::Clock::time_point start{};
  EXPECT_EQ(freshness.as_of(*reader, start).value(), std::nullopt);
  write_at(1000);
  EXPECT_EQ(freshness.as_of(*reader, start + Freshness::kRemember / 2).value(), std::nullopt);
  EXPECT_EQ(freshness.as_of(*reader, start + Freshness::kRemember).value(), limits::TimeMs{1000});
}

}  // namespace
}  // namespace api
