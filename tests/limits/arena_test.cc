#include "limits/arena.h"

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace limits {
namespace {

TEST(Arena, KeepsCopiesUntilItIsCleared) {
  Arena arena;
  std::vector<std::string> sources;
  std::vector<std::string_view> kept;
  for (std::size_t i = 0; i < 1000; ++i) sources.push_back(std::string(i, static_cast<char>('a' + i % 26)));
  for (const std::string& source : sources) kept.push_back(arena.keep(source));
  for (std::size_t i = 0; i < sources.size(); ++i) EXPECT_EQ(kept[i], sources[i]);
}

TEST(Arena, KeepsWhatIsLargerThanABlock) {
  Arena arena;
  const std::string large(3 * Arena::kBlock, 'x');
  const std::string_view small = arena.keep("small");
  EXPECT_EQ(arena.keep(large), large);
  EXPECT_EQ(small, "small");
}

TEST(Arena, KeepsNothingOfNothing) {
  Arena arena;
  EXPECT_EQ(arena.keep(""), "");
}

TEST(Arena, TakesBackWhatWasReservedAndNotCommitted) {
  Arena arena;
  char* const first = arena.reserve(100);
  std::memcpy(first, "abc", 3);
  const std::string_view kept = arena.commit(3);
  EXPECT_EQ(arena.reserve(100), first + 3);
  EXPECT_EQ(kept, "abc");
}

TEST(Arena, ReusesItsMemoryAfterItIsCleared) {
  Arena arena;
  const char* const first = arena.keep("abc").data();
  arena.clear();
  EXPECT_EQ(arena.keep("def").data(), first);
}

TEST(Arena, GivesBackMemoryBeyondWhatOneBatchNormallyNeeds) {
  Arena arena;
  const char* const first = arena.keep("abc").data();
  const std::string huge(Arena::kKept, 'x');
  EXPECT_EQ(arena.keep(huge), huge);
  arena.clear();
  EXPECT_EQ(arena.keep("def").data(), first);
  EXPECT_EQ(arena.keep(huge), huge);
}

}  // namespace
}  // namespace limits
