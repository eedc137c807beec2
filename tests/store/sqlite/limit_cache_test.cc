#include "store/sqlite/limit_cache.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace store::sqlite {
namespace {

const limits::LimitKey kKey{.aggregate_id = "c", .user_limit_id = "ab"};

Limit limit_with(std::int64_t id) {
  Limit limit;
  limit.id = id;
  limit.stamp = {.sequence = {12}, .event_id = "evt-12"};
  limit.progress = "200.00";
  return limit;
}

std::int64_t id_of(const LimitCache& cache, const limits::LimitKey& key, std::size_t hash) {
  Limit limit;
  (void)cache.find(key, hash, limit);
  return limit.id;
}

TEST(LimitCache, KnowsAllThatTheRowSaid) {
  LimitCache cache;
  Limit kept = limit_with(7);
  kept.next_reset_time = 1;
  kept.defined_by = 2;
  kept.newest = {.id = 3, .skip = 4, .depth = 5};
  kept.floor = {.sequence = {6}, .event_id = "evt-6"};
  cache.keep(kKey, 1, kept);
  Limit found;
  ASSERT_TRUE(cache.find(kKey, 1, found));
  EXPECT_EQ(found.id, 7);
  EXPECT_EQ(found.stamp, kept.stamp);
  EXPECT_EQ(found.progress, "200.00");
  EXPECT_EQ(found.next_reset_time, 1);
  EXPECT_EQ(found.defined_by, 2);
  EXPECT_EQ(found.newest.id, 3);
  EXPECT_EQ(found.newest.skip, 4);
  EXPECT_EQ(found.newest.depth, 5);
  EXPECT_EQ(found.floor, kept.floor);
}

TEST(LimitCache, KnowsWhatIsAbsent) {
  LimitCache cache;
  cache.keep(kKey, 1, limit_with(7));
  Limit found;
  ASSERT_TRUE(cache.find(kKey, 1, found));
  EXPECT_EQ(found.next_reset_time, std::nullopt);
  EXPECT_EQ(found.defined_by, std::nullopt);
  EXPECT_EQ(found.newest.id, 0);
  EXPECT_EQ(found.floor, std::nullopt);
}

TEST(LimitCache, TakesTheTextOfAnEntryForItself) {
  LimitCache cache;
  cache.keep(kKey, 1, limit_with(7));
  Limit limit;
  ASSERT_TRUE(cache.find(kKey, 1, limit));
  limit.stamp.event_id = "a longer event";
  cache.keep(kKey, 1, limit);
  Limit found;
  ASSERT_TRUE(cache.find(kKey, 1, found));
  EXPECT_EQ(found.stamp.event_id, "a longer event");
  EXPECT_EQ(found.progress, "200.00");
}

TEST(LimitCache, TellsLimitsApartWhoseIdsAreTheSameInARow) {
  LimitCache cache;
  cache.keep(kKey, 1, limit_with(7));
  EXPECT_EQ(id_of(cache, kKey, 1), 7);
  EXPECT_EQ(id_of(cache, {.aggregate_id = "bc", .user_limit_id = "a"}, 1), 0);
  EXPECT_EQ(id_of(cache, {.aggregate_id = "ab", .user_limit_id = "c"}, 1), 0);
}

TEST(LimitCache, KnowsOnlyNumbersWhileOthersWrite) {
  LimitCache cache;
  cache.keep(kKey, 1, limit_with(7));
  const limits::LimitKey another{.aggregate_id = "c", .user_limit_id = "cd"};
  for (const bool others_wrote : {true, true, false}) {
    cache.begin(others_wrote);
    for (const auto& [key, hash, id] : {std::tuple(kKey, 1U, 7), std::tuple(another, 2U, 8)}) {
      Limit found;
      EXPECT_FALSE(cache.find(key, hash, found));
      EXPECT_TRUE(found.progress.empty());
      cache.keep(key, hash, limit_with(id));
      EXPECT_EQ(id_of(cache, key, hash), id);
    }
  }
  cache.begin(false);
  Limit found;
  EXPECT_TRUE(cache.find(kKey, 1, found));
  EXPECT_TRUE(cache.find(another, 2, found));
}

TEST(LimitCache, KnowsOnlyTheNumberOfALimitWhoseHighestEventIsNotItsProgress) {
  LimitCache cache;
  cache.keep(kKey, 1, limit_with(7));
  Limit limit = limit_with(7);
  limit.highest = limits::Stamp{.sequence = {99}, .event_id = "evt-99"};
  cache.keep(kKey, 1, limit);
  Limit found;
  EXPECT_FALSE(cache.find(kKey, 1, found));
  EXPECT_EQ(found.id, 7);
  limit = {};
  limit.id = 8;
  cache.keep(kKey, 1, limit);
  EXPECT_FALSE(cache.find(kKey, 1, found)) << "nor of one without progress";
}

TEST(LimitCache, KnowsOnlyTheNumberOfALimitWhoseTextBecameTooLong) {
  LimitCache cache;
  cache.keep(kKey, 1, limit_with(7));
  const std::string event(200, 'e');
  Limit limit = limit_with(7);
  limit.stamp.event_id = event;
  cache.keep(kKey, 1, limit);
  Limit found;
  EXPECT_FALSE(cache.find(kKey, 1, found));
  EXPECT_EQ(found.id, 7);
  EXPECT_TRUE(found.progress.empty());
  limit.stamp.event_id = "evt-13";
  cache.keep(kKey, 1, limit);
  EXPECT_TRUE(cache.find(kKey, 1, found));
}

TEST(LimitCache, KnowsNothingOfALimitWithATooLongId) {
  LimitCache cache;
  const std::string id(200, 'i');
  const limits::LimitKey key{.aggregate_id = "c", .user_limit_id = id};
  cache.keep(key, 1, limit_with(7));
  EXPECT_EQ(id_of(cache, key, 1), 0);
}

TEST(LimitCache, HoldsABoundedNumberOfLimitsAndTheNewestOfThem) {
  LimitCache cache;
  const auto key = [](const std::string& id) { return limits::LimitKey{.aggregate_id = "u", .user_limit_id = id}; };
  for (std::size_t i = 1; i <= 2 * LimitCache::kLimits; ++i) {
    cache.keep(key(std::to_string(i)), i, limit_with(static_cast<std::int64_t>(i)));
    ASSERT_EQ(id_of(cache, key(std::to_string(i)), i), static_cast<std::int64_t>(i));
  }
  std::size_t known = 0;
  for (std::size_t i = 1; i <= 2 * LimitCache::kLimits; ++i) {
    if (id_of(cache, key(std::to_string(i)), i) != 0) ++known;
  }
  EXPECT_EQ(known, LimitCache::kLimits);
  cache.clear();
  EXPECT_EQ(id_of(cache, key("1"), 1), 0);
}

}  // namespace
}  // namespace store::sqlite
