#include "api/options.h"

#include <cstdlib>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace api {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::expected<Options, Exit> parse(std::vector<const char*> flags) {
  flags.insert(flags.begin(), "limits-api");
  return parse_options(static_cast<int>(flags.size()), flags.data());
}

TEST(Options, HaveDefaultsThatServeOneHost) {
  const Options options = parse({}).value();
  EXPECT_EQ(options.store, "sqlite:var/limits.db");
  EXPECT_EQ(options.listen.host, "127.0.0.1");
  EXPECT_EQ(options.listen.port, 8080);
  EXPECT_EQ(options.token_file, "");
  EXPECT_EQ(options.cors_origin, "");
  EXPECT_EQ(options.stale_after, std::chrono::seconds(60));
  EXPECT_EQ(options.ready_lag, std::chrono::seconds(300));
  EXPECT_EQ(options.stuck_after, std::chrono::seconds(120));
  EXPECT_EQ(options.max_connections, 1024u);
  EXPECT_EQ(options.log_level, LogLevel::kInfo);
  EXPECT_EQ(options.get, "");
  EXPECT_FALSE(options.include_head);
}

TEST(Options, TakeEveryFlag) {
  const Options options = parse({"--store", "sqlite:x.db", "--token-file", "t", "--cors-origin", "https://desk.example",
                                 "--stale-after", "5", "--ready-lag", "0", "--stuck-after", "9", "--max-connections",
                                 "7", "--log-level", "DEBUG", "--get", "/x", "--include"})
                              .value();
  EXPECT_EQ(options.store, "sqlite:x.db");
  EXPECT_EQ(options.token_file, "t");
  EXPECT_EQ(options.cors_origin, "https://desk.example");
  EXPECT_EQ(options.stale_after, std::chrono::seconds(5));
  EXPECT_EQ(options.ready_lag, std::chrono::seconds(0));
  EXPECT_EQ(options.stuck_after, std::chrono::seconds(9));
  EXPECT_EQ(options.max_connections, 7u);
  EXPECT_EQ(options.log_level, LogLevel::kDebug);
  EXPECT_EQ(options.get, "/x");
  EXPECT_TRUE(options.include_head);
}

TEST(Options, TakeTheStoreFromTheEnvironment) {
  setenv("LIMITS_STORE", "sqlite:env.db", 1);
  const Options options = parse({}).value();
  unsetenv("LIMITS_STORE");
  EXPECT_EQ(options.store, "sqlite:env.db");
}

TEST(Options, ListenAtAnAddressAndPort) {
  const auto listen = [](const char* text) { return parse({"--listen", text}).value().listen; };
  EXPECT_EQ(listen("0.0.0.0:80").host, "0.0.0.0");
  EXPECT_EQ(listen("[::1]:65535").host, "::1");
  EXPECT_EQ(listen("[::1]:65535").port, 65535);
  EXPECT_EQ(listen("localhost:0").host, "127.0.0.1");
  for (const char* wrong :
       {"8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "example.org:80", ":80", "[]:80"}) {
    const Exit exit = parse({"--listen", wrong}).error();
    EXPECT_EQ(exit.code, 2);
    EXPECT_THAT(exit.text, AllOf(HasSubstr("--listen"), HasSubstr("HOST:PORT"), HasSubstr(wrong)));
  }
}

TEST(Options, RefuseWhatIsNoOrigin) {
  EXPECT_TRUE(parse({"--cors-origin", "*"}));
  EXPECT_TRUE(parse({"--cors-origin", ""}));
  for (const char* wrong : {"desk.example", "https://desk.example/", "https://a\r\nb"}) {
    EXPECT_THAT(parse({"--cors-origin", wrong}).error().text, HasSubstr("expected * or an origin")) << wrong;
  }
}

TEST(Options, WhatIsWrongIsSaidWithTheWayToTheHelp) {
  EXPECT_THAT(parse({"--lissten", "x"}).error().text, AllOf(HasSubstr("--lissten"), HasSubstr("limits-api --help")));
  EXPECT_EQ(parse({"--help"}).error().code, 0);
  EXPECT_THAT(parse({"--help"}).error().text, HasSubstr("--token-file"));
  EXPECT_THAT(parse({"--version"}).error().text, testing::StartsWith("limits-api 0."));
}

}  // namespace
}  // namespace api
