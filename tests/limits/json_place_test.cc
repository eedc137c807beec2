#include "limits/json_place.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace limits {
namespace {

std::string found(std::string_view text, std::string_view pointer) {
  const auto place = place_in_json(text, pointer);
  return place ? std::string(text.substr(place->offset, place->size)) : "nothing";
}

TEST(JsonPlace, IsTheValueWithTheNameBeforeIt) {
  constexpr std::string_view kText = R"( {"a": [1, {"b" : "x,]}"}, [ ]], "c~d/e": null, "\u0066": -1e3 } )";
  for (const auto& [pointer, expected] : {
           std::tuple("", R"({"a": [1, {"b" : "x,]}"}, [ ]], "c~d/e": null, "\u0066": -1e3 })"),
           std::tuple("/a", R"("a": [1, {"b" : "x,]}"}, [ ]])"),
           std::tuple("/a/0", "1"),
           std::tuple("/a/1", R"({"b" : "x,]}"})"),
           std::tuple("/a/1/b", R"("b" : "x,]}")"),
           std::tuple("/a/2", "[ ]"),
           std::tuple("/c~0d~1e", R"("c~d/e": null)"),
           std::tuple("/f", R"("\u0066": -1e3)"),
       }) {
    EXPECT_EQ(found(kText, pointer), expected) << pointer;
  }
}

TEST(JsonPlace, PassesCommentsOver) {
  constexpr std::string_view kText = "// {\n{/* \"a\": 0 */ \"a\" /**/ : // 1\n 2 /* ] */, \"b\": [ // 3\n 4/**/,5]}";
  EXPECT_EQ(found(kText, "/a"), "\"a\" /**/ : // 1\n 2");
  EXPECT_EQ(found(kText, "/b/0"), "4");
  EXPECT_EQ(found(kText, "/b/1"), "5");
}

TEST(JsonPlace, OfANameThatComesTwiceIsTheSecond) {
  EXPECT_EQ(found(R"({"a": 1, "b": 0, "a": 2})", "/a"), R"("a": 2)");
}

TEST(JsonPlace, IsNothingWhereThereIsNoSuchValue) {
  for (const std::string_view pointer : {"/b", "/a/1", "/a/x", "/a/0/0", "no pointer"}) {
    EXPECT_EQ(found(R"({"a": [1]})", pointer), "nothing") << pointer;
  }
}

TEST(JsonPlace, NeverLeavesATextThatIsNoJson) {
  constexpr std::string_view kText = R"({"a": [1, {"b": "\"x"}], "c": /* y */ {"d": tru}})";
  for (std::size_t size = 0; size < kText.size(); ++size) {
    const std::string cut(kText.substr(0, size));
    for (const std::string_view pointer : {"", "/a", "/a/1/b", "/c/d", "/e"}) {
      const auto place = place_in_json(cut, pointer);
      const std::size_t end = place ? place->offset + place->size : 0;
      EXPECT_LE(end, cut.size()) << cut << ' ' << pointer;
    }
  }
  EXPECT_EQ(found(R"({"a":[],"b";[],"c)", "/e"), "nothing");
  const std::string deep(100'000, '[');
  EXPECT_EQ(found(deep, "/0/0/0/x"), "nothing");
}

}  // namespace
}  // namespace limits
