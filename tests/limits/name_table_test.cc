#include "limits/name_table.h"

#include <string>

#include <gtest/gtest.h>

namespace limits {
namespace {

// As long as a word of eight bytes, a byte less and a byte more, two words, and what is in between.
constexpr std::array<std::string_view, 7> kNames = {
    "a", "seven_7", "eight__8", "nine____9", "sixteen_letters6", "seventeen_letter7", "twenty-four_letters_it_4"};
constexpr NameTable<kNames.size()> kTable(kNames);

TEST(NameTable, FindsEachName) {
  for (std::size_t i = 0; i < kNames.size(); ++i) EXPECT_EQ(kTable.find(std::string(kNames[i])), i) << kNames[i];
}

TEST(NameTable, FindsNothingThatDiffersInOneLetterWhereverItIs) {
  for (const std::string_view name : kNames) {
    for (std::size_t at = 0; at < name.size(); ++at) {
      std::string other(name);
      other[at] = '?';
      EXPECT_EQ(kTable.find(other), std::nullopt) << other;
    }
  }
}

TEST(NameTable, FindsNothingShorterOrLonger) {
  EXPECT_EQ(kTable.find(""), std::nullopt);
  for (const std::string_view name : kNames) {
    EXPECT_EQ(kTable.find(name.substr(1)), std::nullopt) << name;
    EXPECT_EQ(kTable.find(std::string(name) + name.back()), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace limits
