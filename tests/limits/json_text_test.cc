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

TEST(JsonText, TreatsEachByteAlikeWhereverItStands) {
  constexpr std::size_t kSize = 20;  // two words of eight and a rest
  for (int code = 0; code < 0x80; ++code) {
    const std::string byte(1, static_cast<char>(code));
    const std::string alone = json(byte);
    for (std::size_t place = 0; place < kSize; ++place) {
      const std::string before(place, 'x');
      const std::string after(kSize - place - 1, '\xC3');
      EXPECT_EQ(json(before + byte + after), '"' + before + alone.substr(1, alone.size() - 2) + after + '"')
          << "byte " << code << " in place " << place;
    }
  }
}

}  // namespace
}  // namespace limits
