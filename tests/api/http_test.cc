#include "api/http.h"

#include <gtest/gtest.h>

namespace api {
namespace {

TEST(HeaderValue, HasNoCharacterThatCouldEndIt) {
  EXPECT_TRUE(is_header_value(""));
  EXPECT_TRUE(is_header_value("a b\tc; d=\"\xc3\xa9\""));
  for (const std::string_view value : {"a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\x7f"}) {
    EXPECT_FALSE(is_header_value(value)) << value;
  }
  EXPECT_FALSE(is_header_value({"a\0b", 3}));
}

}  // namespace
}  // namespace api
