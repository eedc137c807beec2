#include "kcl/record.h"

#include <string>

#include <gtest/gtest.h>

namespace kcl {
namespace {

TEST(Position, OrdersSequenceNumbersAsIntegersOfAnyLength) {
  const std::string low = "9" + std::string(127, '0');
  const std::string high = "1" + std::string(128, '0');
  EXPECT_TRUE((Position{low, 0} < Position{high, 0}));
  EXPECT_FALSE((Position{high, 0} < Position{low, 0}));
  EXPECT_TRUE((Position{"099", 0} < Position{"100", 0}));
  EXPECT_TRUE((Position{"0", 0} < Position{"1", 0}));
}

TEST(Position, OrdersRecordsOfOneAggregateBySubSequence) {
  EXPECT_TRUE((Position{"7", 1} < Position{"7", 2}));
  EXPECT_FALSE((Position{"7", 2} < Position{"7", 2}));
  EXPECT_TRUE((Position{"007", 1} < Position{"7", 2}));
  EXPECT_TRUE((Position{"7", 9} < Position{"8", 0}));
}

}  // namespace
}  // namespace kcl
