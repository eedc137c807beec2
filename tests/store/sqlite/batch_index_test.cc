#include "store/sqlite/batch_index.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/changes.h"

namespace store::sqlite {
namespace {

std::vector<std::uint32_t> changes_of(const BatchIndex& index, std::size_t group) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = index.groups()[group].first; i != BatchIndex::kEnd; i = index.next(i)) found.push_back(i);
  return found;
}

TEST(BatchIndex, GroupsChangesByLimitInTheOrderOfTheStream) {
  const limits::LimitKey other{.aggregate_id = "user-2", .user_limit_id = "limit-1"};
  const std::vector changes = {tests::created(1), tests::created(2, other), tests::reset(3), tests::reset(4, other),
                               tests::reset(5)};
  BatchIndex index;
  index.build(changes);
  ASSERT_EQ(index.groups().size(), 2u);
  EXPECT_EQ(index.groups()[0].key, tests::kLimit);
  EXPECT_EQ(index.groups()[1].key, other);
  EXPECT_EQ(changes_of(index, 0), (std::vector<std::uint32_t>{0, 2, 4}));
  EXPECT_EQ(changes_of(index, 1), (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(index.group_of(3), 1u);

  index.build({changes.data() + 1, 1});
  ASSERT_EQ(index.groups().size(), 1u);
  EXPECT_EQ(changes_of(index, 0), (std::vector<std::uint32_t>{0}));

  index.build({});
  EXPECT_TRUE(index.groups().empty());
}

}  // namespace
}  // namespace store::sqlite
