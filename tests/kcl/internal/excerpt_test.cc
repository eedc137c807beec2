#include "kcl/internal/excerpt.h"

#include <gtest/gtest.h>

namespace kcl::internal {
namespace {

TEST(Excerpt, ShowsPrintableAsciiAsItIs) {
  EXPECT_EQ(excerpt(R"({"a": 'b'})"), R"({"a": 'b'})");
}

TEST(Excerpt, ShowsNoControlByteAndNoByteAboveAsciiRaw) {
  EXPECT_EQ(excerpt("\x1b[31m\n\x7f\xc3\xa9"), R"(\x1b[31m\x0a\x7f\xc3\xa9)");
}

TEST(Excerpt, CutsALongTextAndSaysSo) {
  std::string expected(48, 'x');
  EXPECT_EQ(excerpt(expected), expected);
  expected.append("...");
  EXPECT_EQ(excerpt(std::string(49, 'x')), expected);
}

}  // namespace
}  // namespace kcl::internal
