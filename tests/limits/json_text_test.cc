#include "limits/json_text.h"

#include <gtest/gtest.h>

namespace limits {
namespace {

std::string json(std::string_view text) {
  std::string out = "before";
  append_json_string(out, text);
  return out.substr(6);
}

TEST(JsonText, EscapesWhatJsonDemandsAndNothingElse) {
  EXPECT_EQ(json(""), "\"\"");
  EXPECT_EQ(json("limit-1"), "\"limit-1\"");
  EXPECT_EQ(json("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json(std::string_view("\0\x1b\x1f", 3)), R"("\u0000\u001b\u001f")");
  EXPECT_EQ(json("\x7f"), "\"\x7f\"");
  EXPECT_EQ(json("Ünïcode 🎲"), "\"Ünïcode 🎲\"");
}

}  // namespace
}  // namespace limits
