#include "api/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace api {
namespace {

using std::chrono_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kStart = 1'712'000'000'000;

class HealthTest : public testing::Test {
 protected:
  /// A shard that was written just now.
  [[nodiscard]] store::ShardRow row(std::string sequence, std::optional<std::int64_t> behind) const {
    store::ShardRow made;
    made.stream = "events";
    made.shard = "shard-1";
    made.sequence = std::move(sequence);
    made.updated_at = kStart + passed_.count();
    made.millis_behind_latest = behind;
    return made;
  }
  std::vector<std::string> look(const std::vector<store::ShardRow>& rows) {
    return health_.reasons(rows, Health::Clock::time_point(passed_), {kStart + passed_.count()});
  }
  void pass(std::chrono::milliseconds time) { passed_ += time; }

  Health health_{{.lag = 300s, .stuck = 120s}};

 private:
  std::chrono::milliseconds passed_{};
};

TEST_F(HealthTest, IsGoodWhereShardsKeepUp) {
  EXPECT_THAT(look({row("7", 0)}), IsEmpty());
  pass(1000s);
  EXPECT_THAT(look({row("7", 0)}), IsEmpty()) << "a quiet shard has nowhere to go";
}

TEST_F(HealthTest, IsGoodWhereAShardThatIsBehindGetsOn) {
  for (const char* sequence : {"7", "8", "9"}) {
    EXPECT_THAT(look({row(sequence, 200'000)}), IsEmpty()) << sequence;
    pass(100s);
  }
  pass(100s);
  store::ShardRow further = row("9", 200'000);
  further.sub_sequence = 1;
  EXPECT_THAT(look({further}), IsEmpty());
}

TEST_F(HealthTest, NamesTheShardThatStandsStillBehind) {
  EXPECT_THAT(look({row("7", 130'000)}), IsEmpty());
  pass(120s);
  EXPECT_THAT(look({row("7", 130'000)}), IsEmpty()) << "not longer than it may";
  pass(1s);
  EXPECT_THAT(
      look({row("7", 130'000)}),
      ElementsAre(R"({"reason":"stuck","stream":"events","shard":"shard-1","since":1712000000000,"lag":130000})"));
  EXPECT_THAT(look({row("8", 130'000)}), IsEmpty()) << "it goes on";
}

TEST_F(HealthTest, KnowsAtTheFirstQuestionOfARowThatNobodyWrites) {
  const store::ShardRow left = row("7", 0);
  pass(121s);
  EXPECT_THAT(
      look({left}),
      ElementsAre(R"({"reason":"stuck","stream":"events","shard":"shard-1","since":1712000000000,"lag":121000})"));
}

TEST_F(HealthTest, TakesAShardThatNeverSaysHowFarItIsForStuck) {
  EXPECT_THAT(look({row("", std::nullopt)}), IsEmpty()) << "it has only begun";
  pass(121s);
  EXPECT_THAT(look({row("", std::nullopt)}),
              ElementsAre(R"({"reason":"stuck","stream":"events","shard":"shard-1","since":1712000000000})"));
}

TEST_F(HealthTest, NamesEachShardThatIsTooFarBehind) {
  store::ShardRow other = row("7", 0);
  other.shard = "shard-2";
  EXPECT_THAT(look({row("7", 300'001), other}),
              ElementsAre(R"({"reason":"lag","stream":"events","shard":"shard-1","lag":300001})"));
  EXPECT_THAT(look({row("7", 300'000), other}), IsEmpty());
}

TEST_F(HealthTest, AllowsAnyLagIfToldSo) {
  const std::vector<store::ShardRow> rows = {row("7", 1'000'000)};
  EXPECT_THAT(Health({.lag = 0s, .stuck = 120s}).reasons(rows, {}, {kStart}), IsEmpty());
}

TEST_F(HealthTest, SaysWhyAShardGoesByOldRules) {
  store::ShardRow old = row("7", 0);
  old.rules_problem = "rules.json: /default: required";
  EXPECT_THAT(
      look({old}),
      ElementsAre(R"({"reason":"rules","stream":"events","shard":"shard-1","what":"rules.json: /default: required"})"));
}

TEST_F(HealthTest, NeedsAShardThatIsOpen) {
  EXPECT_THAT(look({}), ElementsAre(R"({"reason":"no-shard"})"));
  store::ShardRow ended = row("7", 0);
  ended.ended_at = kStart;
  pass(1000s);
  EXPECT_THAT(look({ended}), ElementsAre(R"({"reason":"no-shard"})"));
}

}  // namespace
}  // namespace api
