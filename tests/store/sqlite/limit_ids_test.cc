#include "store/sqlite/limit_ids.h"

#include <string>

#include <gtest/gtest.h>

namespace store::sqlite {
namespace {

TEST(LimitIds, TellsLimitsApartWhoseIdsAreTheSameInARow) {
  LimitIds ids;
  ids.add({.aggregate_id = "c", .user_limit_id = "ab"}, 1, 7);
  EXPECT_EQ(ids.find({.aggregate_id = "c", .user_limit_id = "ab"}, 1), 7);
  EXPECT_EQ(ids.find({.aggregate_id = "bc", .user_limit_id = "a"}, 1), std::nullopt);
  EXPECT_EQ(ids.find({.aggregate_id = "ab", .user_limit_id = "c"}, 1), std::nullopt);
}

TEST(LimitIds, ForgetsWhatWasNotAskedForLongest) {
  LimitIds ids;
  const auto key = [](const std::string& id) { return limits::LimitKey{.aggregate_id = "u", .user_limit_id = id}; };
  const std::string used = "used";
  const std::string unused = "unused";
  ids.add(key(used), 1, 1);
  ids.add(key(unused), 2, 2);
  for (std::size_t i = 0; i < 4 * LimitIds::kGeneration; ++i) {
    const std::string id = std::to_string(i);
    ids.add(key(id), 1000 * i, static_cast<std::int64_t>(i) + 3);
    ASSERT_EQ(ids.find(key(used), 1), 1);
  }
  EXPECT_EQ(ids.find(key(unused), 2), std::nullopt);
  ids.clear();
  EXPECT_EQ(ids.find(key(used), 1), std::nullopt);
}

}  // namespace
}  // namespace store::sqlite
