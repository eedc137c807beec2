#include "processor/options.h"

#include <vector>

#include <gmock/gmock.h>

namespace processor {
namespace {

using testing::HasSubstr;

std::expected<Options, Exit> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "limits-processor");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

class OptionsTest : public testing::Test {
 protected:
  void SetUp() override { unsetenv("LIMITS_STORE"); }
  void TearDown() override { unsetenv("LIMITS_STORE"); }
};

TEST_F(OptionsTest, HaveTheDefaultsOfTheLocalStack) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->store, "sqlite:var/limits.db");
  EXPECT_EQ(options->stream, "user-events");
  EXPECT_EQ(options->rules, "properties/rules.json");
  EXPECT_EQ(options->checkpoint_interval, std::chrono::seconds(5));
  EXPECT_FALSE(options->durable_batches);
}

TEST_F(OptionsTest, TakeTheStoreFromTheFlagThenTheEnvironment) {
  setenv("LIMITS_STORE", "sqlite:from-environment.db", 1);
  EXPECT_EQ(parse({})->store, "sqlite:from-environment.db");
  EXPECT_EQ(parse({"--store", "sqlite:from-flag.db"})->store, "sqlite:from-flag.db");
}

TEST_F(OptionsTest, ReadEveryFlag) {
  const auto options =
      parse({"--stream", "s", "--rules", "r.json", "--checkpoint-interval", "0", "--durability", "batch",
             "--batch-timeout", "7", "--log-dir", "d", "--log-level", "debug", "--log-format", "json"});
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_EQ(options->stream, "s");
  EXPECT_EQ(options->rules, "r.json");
  EXPECT_EQ(options->checkpoint_interval.count(), 0);
  EXPECT_TRUE(options->durable_batches);
  EXPECT_EQ(options->batch_timeout.count(), 7);
  EXPECT_EQ(options->log.directory, "d");
  EXPECT_EQ(options->log.level, LogLevel::kDebug);
  EXPECT_TRUE(options->log.json);
}

TEST_F(OptionsTest, RefuseAnUnknownFlagByItsName) {
  const auto options = parse({"--strem", "x"});
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code, 2);
  EXPECT_THAT(options.error().text, HasSubstr("--strem"));
  EXPECT_THAT(options.error().text, HasSubstr("limits-processor --help"));
}

TEST_F(OptionsTest, RefuseValuesOutOfRange) {
  EXPECT_THAT(parse({"--checkpoint-interval", "-1"}).error().text, HasSubstr("--checkpoint-interval"));
  EXPECT_THAT(parse({"--durability", "never"}).error().text, HasSubstr("--durability"));
  EXPECT_THAT(parse({"--log-level", "loud"}).error().text, HasSubstr("--log-level"));
}

TEST_F(OptionsTest, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(parse({"--help"}).error().code, 0);
  EXPECT_THAT(parse({"--help"}).error().text, HasSubstr("executableName"));
  EXPECT_THAT(parse({"--version"}).error().text, HasSubstr("limits-processor 0.1.0"));
}

}  // namespace
}  // namespace processor
