#include "limits/document.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/limits/reader.h"

namespace limits {
namespace {

class DocumentTest : public testing::Test {
 protected:
  std::optional<Fault> read(const std::string& json) {
    bytes_ = json + std::string(Decoder::kPadding, '"');
    return document_.read(std::string_view(bytes_).substr(0, json.size()), arena_);
  }
  Value at(std::string_view pointer) { return document_.at(Pointer::parse(pointer).value()); }
  void expect(std::string_view pointer, Value::Kind kind, std::string_view text) {
    EXPECT_EQ(at(pointer).kind, kind) << pointer;
    EXPECT_EQ(at(pointer).text, text) << pointer;
  }

 private:
  std::string bytes_;
  Arena arena_;
  Document document_;
};

using enum Value::Kind;

TEST_F(DocumentTest, FindsAnyValueByItsPointer) {
  ASSERT_FALSE(
      read("\xEF\xBB\xBF {\"a\": {\"b\": [1, {\"c\": -2.50e+3}, [], \"x\"]},\n\t\"\": true, \"d\":null, \"e\" : {}}"));
  expect("", kObject, "");
  expect("/a/b", kArray, "");
  expect("/a/b/0", kNumber, "1");
  expect("/a/b/1/c", kNumber, "-2.50e+3");
  expect("/a/b/2", kArray, "");
  expect("/a/b/3", kString, "x");
  expect("/", kBoolean, "true");
  expect("/d", kNull, "");
  expect("/e", kObject, "");
  for (const char* nowhere :
       {"/x", "/a/c", "/a/b/4", "/a/b/00", "/a/b/-", "/a/b/0/0", "/e/", "/d/x", "/a/b/99999999999"}) {
    expect(nowhere, kAbsent, "");
  }
}

TEST_F(DocumentTest, EscapesAreUndoneInKeysAndValues) {
  ASSERT_FALSE(read(R"({"\u00e9\n": "a\"\\\/\ud83d\ude00]}", "a/b": {"m~n": 7}, "[": "plain"})"));
  expect("/\u00e9\n", kString, "a\"\\/\U0001F600]}");
  expect("/a~1b/m~0n", kNumber, "7");
  expect("/[", kString, "plain");
}

TEST_F(DocumentTest, AKeyThatComesTwiceIsAFaultWhereverItStands) {
  const auto fault = read(R"({"a": [{"b": 1, "c": {"x": 1, "y": 2, "\u0078": 3}}]})");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->reason, Reason::kBadJson);
  EXPECT_EQ(fault->what, "a.c.x: expected once, found twice");
  EXPECT_FALSE(read(R"({"a": {"x": 1}, "b": {"x": 1}, "x": [1, 1]})")) << "and is none in different objects";
}

TEST_F(DocumentTest, IsReadAgainWithNothingLeftOfTheLast) {
  ASSERT_TRUE(read(R"({"a": {"x": 1, "x": 2}})"));
  ASSERT_FALSE(read(R"({"b": 1})"));
  expect("/a", kAbsent, "");
  expect("/b", kNumber, "1");
}

TEST_F(DocumentTest, DepthAndLengthCostNoStackAndNoSquare) {
  constexpr int kMany = 200'000;
  ASSERT_FALSE(read("{\"a\":" + std::string(kMany, '[') + std::string(kMany, ']') + "}"));
  expect("/a/0/0", kArray, "");
  std::string wide = "{";
  for (int i = 0; i < kMany; ++i) wide += '"' + std::to_string(i) + "\":0,";
  ASSERT_FALSE(read(wide + "\"end\":1}"));
  expect("/end", kNumber, "1");
}

TEST(Pointer, IsRefusedIfItIsNone) {
  for (const char* bad : {"a", "a/b", "/a~", "/a~2b", "~0"}) EXPECT_FALSE(Pointer::parse(bad)) << bad;
  EXPECT_EQ(Pointer::parse("/a/0")->steps().size(), 2U);
}

}  // namespace
}  // namespace limits
