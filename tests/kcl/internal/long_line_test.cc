#include "kcl/internal/long_line.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kcl::internal {
namespace {

using testing::ElementsAre;

std::optional<std::string> records_of(std::string line) {
  const auto records = find_records(line);
  if (!records) return std::nullopt;
  return std::string(records->begin(), records->end());
}

/// The elements, and "stuck at" with the rest if the cutter is.
std::vector<std::string> cut(std::string elements) {
  ArrayCutter cutter(elements);
  std::vector<std::string> found;
  while (const auto element = cutter.next()) found.emplace_back(element->begin(), element->end());
  EXPECT_FALSE(cutter.next());
  if (const char* const at = cutter.stuck_at())
    found.push_back("stuck at " + elements.substr(static_cast<std::size_t>(at - elements.data())));
  return found;
}

TEST(FindRecords, FindsTheArrayWhereverItIs) {
  EXPECT_EQ(records_of(R"({"action":"processRecords","records":[{"a":1}],"millisBehindLatest":0})"), R"({"a":1})");
  EXPECT_EQ(records_of(R"( { "n" : -1.5e3 , "t" : true , "o" : { "records" : [ 9 ] } , "records" : [ ] } )"), " ");
  EXPECT_EQ(records_of(R"({"records":[[1],{"b":"]"}]})"), R"([1],{"b":"]"})");
}

TEST(FindRecords, TakesNoBracketInAStringForOne) {
  EXPECT_EQ(records_of(R"({"a\"]}":"\\","b":"\\\"}","records":["]\"}"]})"), R"("]\"}")");
}

TEST(FindRecords, FindsNothingWhereItIsNotSure) {
  for (const char* line :
       {"", "null", "[]", "{}", R"({"a":1})", R"({"records":null})", R"({"records":{}})", R"({"records":)",
        R"({"records":[)", R"({"records":[1,"]})", R"({"records":[1],"records":[2]})", R"({records:[1]})",
        R"({"records" [1]})", R"({"rec)", R"({"a\)",
        R"({"a)"
        "\"",
        R"({,)", "{\"\\"}) {
    EXPECT_EQ(records_of(line), std::nullopt) << line;
  }
}

TEST(ArrayCutter, CutsBetweenElements) {
  EXPECT_THAT(cut(""), ElementsAre());
  EXPECT_THAT(cut(" \t "), ElementsAre());
  EXPECT_THAT(cut(R"({"a":[1,{}]},{"b":"},{"} , 5,null,"x,y")"),
              ElementsAre(R"({"a":[1,{}]})", R"({"b":"},{"})", "5", "null", R"("x,y")"));
}

TEST(ArrayCutter, SaysWhereItIsStuck) {
  EXPECT_THAT(cut("{} {}"), ElementsAre("{}", "stuck at {}"));
  EXPECT_THAT(cut("{},,{}"), ElementsAre("{}", "stuck at ,{}"));
  EXPECT_THAT(cut("{},"), ElementsAre("{}", "stuck at "));
  EXPECT_THAT(cut(",{}"), ElementsAre("stuck at ,{}"));
  EXPECT_THAT(cut("{},{\"a\":\"}"), ElementsAre("{}", "stuck at {\"a\":\"}"));
  EXPECT_THAT(cut("{}}"), ElementsAre("{}", "stuck at }"));
}

}  // namespace
}  // namespace kcl::internal
