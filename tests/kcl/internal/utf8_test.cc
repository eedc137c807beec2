#include "kcl/internal/utf8.h"

#include <array>

#include <gtest/gtest.h>

namespace kcl::internal {
namespace {

std::string repaired(std::string_view text, std::size_t places) {
  std::string out;
  EXPECT_EQ(append_repaired_utf8(text, out), places) << text;
  return out;
}

TEST(Utf8, LeavesValidTextAsItIs) {
  const std::string valid = "a\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff";
  EXPECT_EQ(repaired(valid, 0), valid);
  EXPECT_EQ(repaired("", 0), "");
  EXPECT_EQ(repaired({"\0", 1}, 0), std::string(1, '\0'));
}

TEST(Utf8, ReplacesEachLatin1Letter) {
  EXPECT_EQ(repaired("gr\xfcn", 1), "gr\ufffdn");
  EXPECT_EQ(repaired("\xe9\xe8\xe0", 3), "\ufffd\ufffd\ufffd");
}

TEST(Utf8, ReplacesTheLongestBeginningOfACharacterOnce) {
  EXPECT_EQ(repaired("\xe2\x82", 1), "\ufffd");
  EXPECT_EQ(repaired("\xe2\x82x", 1), "\ufffdx");
  EXPECT_EQ(repaired("\xf0\x9f\x99\xf0\x9f\x99\x82", 1), "\ufffd🙂");
}

TEST(Utf8, ReplacesWhatIsEncodedButForbidden) {
  EXPECT_EQ(repaired("\xc0\xaf", 2), "\ufffd\ufffd");                      // overlong
  EXPECT_EQ(repaired("\xe0\x80\xaf", 3), "\ufffd\ufffd\ufffd");            // overlong
  EXPECT_EQ(repaired("\xed\xa0\xbd", 3), "\ufffd\ufffd\ufffd");            // a surrogate
  EXPECT_EQ(repaired("\xf4\x90\x80\x80", 4), "\ufffd\ufffd\ufffd\ufffd");  // beyond U+10FFFF
  EXPECT_EQ(repaired("\x80\xff", 2), "\ufffd\ufffd");
}

TEST(Utf8, EncodesTheFirstAndLastCodePointOfEachLength) {
  const auto encoded = [](char32_t code_point) {
    std::array<char, 4> bytes;
    return std::string(bytes.data(), put_utf8(bytes.data(), code_point));
  };
  EXPECT_EQ(encoded(0x7f), "\x7f");
  EXPECT_EQ(encoded(0x80), "\u0080");
  EXPECT_EQ(encoded(0x7ff), "\u07ff");
  EXPECT_EQ(encoded(0x800), "\u0800");
  EXPECT_EQ(encoded(0xffff), "\uffff");
  EXPECT_EQ(encoded(0x10000), "\U00010000");
  EXPECT_EQ(encoded(0x10ffff), "\U0010ffff");
}

}  // namespace
}  // namespace kcl::internal
