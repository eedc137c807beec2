#include "processor/log.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.h"

namespace processor {
namespace {

using testing::HasSubstr;
using testing::Not;

class LogTest : public testing::Test {
 protected:
  std::string file(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path(name)).rdbuf();
    return text.str();
  }

  tests::TemporaryFolder folder_;
};

TEST_F(LogTest, KeepsAFilePerStreamAndShard) {
  Log log({.directory = folder_.path()});
  log.open_file("user-events", "shardId-000000000001");
  log.info("hello");
  EXPECT_THAT(file("user-events.shardId-000000000001.log"), HasSubstr("[shardId-000000000001] hello"));
}

TEST_F(LogTest, SendsWarningsToTheDaemonAndNothingLess) {
  testing::internal::CaptureStderr();
  Log log({.directory = folder_.path()});
  log.open_file("s", "shard");
  log.info("all is well");
  log.warning("look at this");
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_THAT(printed, HasSubstr("[shard] warning: look at this"));
  EXPECT_THAT(printed, Not(HasSubstr("all is well")));
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  Log log({.directory = folder_.path(), .level = LogLevel::kInfo});
  log.open_file("s", "shard");
  log.debug("detail");
  log.info("news");
  EXPECT_THAT(file("s.shard.log"), Not(HasSubstr("detail")));
  EXPECT_FALSE(log.enabled(LogLevel::kDebug));
  EXPECT_TRUE(log.enabled(LogLevel::kInfo));
}

TEST_F(LogTest, WritesJsonLinesWhateverBytesTheMessageHas) {
  Log log({.directory = folder_.path(), .json = true});
  log.open_file("s", "shard");
  log.info("a \"quote\", a line\nend and \xff");
  const auto line = nlohmann::json::parse(file("s.shard.log"));
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["shard"], "shard");
  EXPECT_EQ(line["message"], "a \"quote\", a line\nend and \xEF\xBF\xBD");
}

TEST_F(LogTest, WarnsAndGoesOnWithoutAFileItCannotOpen) {
  std::ofstream(folder_.path("occupied")) << "a file, not a folder";
  testing::internal::CaptureStderr();
  Log log({.directory = folder_.path("occupied")});
  log.open_file("s", "shard");
  log.warning("still here");
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_THAT(printed, HasSubstr("--log-dir"));
  EXPECT_THAT(printed, HasSubstr("still here"));
}

TEST_F(LogTest, WritesNothingThatATerminalActsUpon) {
  testing::internal::CaptureStderr();
  Log log({.directory = folder_.path()});
  log.open_file("s", "\x1b[2J\"x\"");
  log.warning(
      "red \x1b[31m, \xc2\x9b"
      "31m, a line\nend, \x7f and Ü");
  constexpr std::string_view kWarning = R"([__2J_x_] warning: red \x1b[31m, \x9b31m, a line\x0aend, \x7f and Ü)";
  EXPECT_EQ(testing::internal::GetCapturedStderr(), std::string(kWarning) + "\n");
  EXPECT_THAT(file("s.__2J_x_.log"), HasSubstr(R"([__2J_x_] red \x1b[31m, \x9b31m, a line\x0aend, \x7f and Ü)"));
}

TEST_F(LogTest, NeverLeavesItsFolderForAStrangeShardName) {
  Log log({.directory = folder_.path()});
  log.open_file("../up", "a/b");
  log.info("inside");
  EXPECT_THAT(file(".._up.a_b.log"), HasSubstr("inside"));
}

}  // namespace
}  // namespace processor
