#include "kcl/internal/json_string.h"

#include <string>

#include <gtest/gtest.h>

namespace kcl::internal {
namespace {

std::optional<std::string> unescaped(std::string text) {
  const auto result = unescape_in_place(text);
  if (!result) return std::nullopt;
  EXPECT_EQ(result->data(), text.data());
  return std::string(*result);
}

TEST(JsonString, LeavesTextWithoutEscapesAsItIs) {
  EXPECT_EQ(unescaped(""), "");
  EXPECT_EQ(unescaped("grün 限 🙂"), "grün 限 🙂");
}

TEST(JsonString, ReplacesEachShortEscape) {
  EXPECT_EQ(unescaped(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(unescaped(R"(a\/b\\c\n)"), "a/b\\c\n");
}

TEST(JsonString, ReplacesUnicodeEscapesByUtf8) {
  EXPECT_EQ(unescaped(R"(\u0041\u00e9\u20AC\uffff)"), "Aé€\uffff");
  EXPECT_EQ(unescaped(R"(\u0000)"), std::string(1, '\0'));
  EXPECT_EQ(unescaped(R"(x\ud83d\ude42y)"), "x🙂y");
}

TEST(JsonString, ReplacesHalvesOfSurrogatePairs) {
  EXPECT_EQ(unescaped(R"(\ud83d)"), "\ufffd");
  EXPECT_EQ(unescaped(R"(\ude42!)"), "\ufffd!");
  EXPECT_EQ(unescaped(R"(\ud83dx)"), "\ufffdx");
  EXPECT_EQ(unescaped(R"(\ud83d\n)"), "\ufffd\n");
  EXPECT_EQ(unescaped(R"(\ud83d\ud83d\ude42)"), "\ufffd🙂");
  EXPECT_EQ(unescaped(R"(\ude42\ud83d)"), "\ufffd\ufffd");
}

TEST(JsonString, RefusesWhatIsNoEscape) {
  for (const char* text :
       {"\\", "\\x41", "\\u", "\\u12", "\\u12g4", "\\u 123", "\\u-123", "\\u+123", "\\U0041", "a\\"}) {
    EXPECT_EQ(unescaped(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace kcl::internal
