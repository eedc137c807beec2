#include "api/token.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace api {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Token, IsShownWhole) {
  const Token token("s3cret=");
  EXPECT_TRUE(token.is_shown_by("Bearer s3cret="));
  EXPECT_TRUE(token.is_shown_by("bEARER s3cret="));
  for (const std::string_view wrong : {"", "Bearer", "Bearer ", "Bearer s3cret", "Bearer s3cret==", "Bearer  s3cret=",
                                       "Bearer S3CRET=", "s3cret=", "Basic s3cret=", "\"earer s3cret="}) {
    EXPECT_FALSE(token.is_shown_by(wrong)) << wrong;
  }
}

TEST(Token, IsTheOnlyLineOfItsFile) {
  const tests::TemporaryFolder folder;
  const std::string path = folder.path("token");
  const auto written = [&](std::string_view text) {
    std::ofstream(path) << text;
    return Token::load(path);
  };
  EXPECT_TRUE(written("abc\n").value().is_shown_by("Bearer abc"));
  EXPECT_TRUE(written("abc\r\n").value().is_shown_by("Bearer abc"));
  EXPECT_TRUE(written("abc").value().is_shown_by("Bearer abc"));
  for (const std::string_view bad : {"", "\n", "a b", "a\nb", "\xc3\xa9"}) {
    EXPECT_THAT(written(bad).error(), AllOf(HasSubstr(path), HasSubstr("openssl rand"))) << bad;
  }
  EXPECT_THAT(Token::load(folder.path("none")).error(), AllOf(HasSubstr("none"), HasSubstr("No such file")));
}

}  // namespace
}  // namespace api
