#include "api/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(Target, IsTakenApartBeforeItIsDecoded) {
  const Target target = parse_target("/user-limits/a%2Fb%20c/?user=%C3%A9&empty=&flag&&x=a+b%26").value();
  EXPECT_THAT(target.path, ElementsAre("user-limits", "a/b c", ""));
  EXPECT_THAT(target.query, ElementsAre(Pair("user", "é"), Pair("empty", ""), Pair("flag", ""), Pair("x", "a+b&")));
  EXPECT_EQ(*target.find("user"), "é");
  EXPECT_EQ(target.find("none"), nullptr);
}

TEST(Target, MayNameItsHost) {
  EXPECT_THAT(parse_target("http://host:80/a/b").value().path, ElementsAre("a", "b"));
  EXPECT_THAT(parse_target("http://host").value().path, ElementsAre(""));
  EXPECT_THAT(parse_target("/").value().path, ElementsAre(""));
}

TEST(Target, GivesDotsNoMeaning) {
  EXPECT_THAT(parse_target("/../a/./%2e%2e").value().path, ElementsAre("..", "a", ".", ".."));
}

TEST(Target, IsRefusedWithTheReason) {
  const auto refusal = [](std::string_view text) { return parse_target(text).error(); };
  EXPECT_THAT(refusal(""), HasSubstr("begins with /"));
  EXPECT_THAT(refusal("*"), HasSubstr("begins with /"));
  EXPECT_THAT(refusal("ftp://host/"), HasSubstr("begins with /"));
  EXPECT_THAT(refusal("/a%"), HasSubstr("\"%\" is no escape"));
  EXPECT_THAT(refusal("/a%2"), HasSubstr("\"%2\" is no escape"));
  EXPECT_THAT(refusal("/a%+1b"), HasSubstr("\"%+1\" is no escape"));
  EXPECT_THAT(refusal("/a?b=%zz"), HasSubstr("\"%zz\" is no escape"));
  EXPECT_THAT(refusal("/a%00"), HasSubstr("NUL"));
  EXPECT_THAT(refusal("/%ff"), HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal("/%C0%AE%C0%AE/"), HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal("/a?b=1&c=2&b=3"), HasSubstr("\"b\" is there twice"));
}

TEST(Target, PercentEncodedTextComesBack) {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  all += "é漢";
  const std::string encoded = percent_encoded(all);
  EXPECT_EQ(parse_target("/" + encoded).value().path[0], all);
  EXPECT_EQ(percent_encoded("a-Z_0.9~"), "a-Z_0.9~");
  EXPECT_EQ(percent_encoded("a/b\r\n"), "a%2Fb%0D%0A");
}

}  // namespace
}  // namespace api
