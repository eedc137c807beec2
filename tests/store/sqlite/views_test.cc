#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/sqlite.h"
#include "tests/support/changes.h"
#include "tests/support/temporary_folder.h"

namespace store::sqlite {
namespace {

/// What Debian's shell prints, as our users are told to call it.
std::string shell(const std::string& path, const std::string& sql) {
  const std::string command = "sqlite3 -readonly '" + path + "' \"" + sql + "\" 2>&1";
  const std::unique_ptr<FILE, decltype([](FILE* pipe) { ::pclose(pipe); })> pipe(::popen(command.c_str(), "r"));
  if (!pipe) throw std::runtime_error(command);
  std::string printed;
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    printed.append(buffer.data(), size);
  }
  return printed;
}

class Views : public testing::Test {
 protected:
  Views() {
    const limits::LimitKey orphan{.aggregate_id = "user-2", .user_limit_id = "limit-9"};
    tests::Batch batch({tests::created(1), tests::progressed(2, "0", "120.50"), tests::reset(3, orphan),
                        tests::progressed(5, "0", "1", orphan), tests::progressed(4, "0", "2", orphan)});
    batch.dead_letters.push_back(tests::dead_letter("{\"no"));
    batch.shard.millis_behind_latest = 250;
    batch.shard.checkpoint_follows = true;
    EXPECT_TRUE(store_->apply(batch.view(), Durability::kDurable));
  }

  tests::TemporaryFolder folder_;
  std::string path_ = folder_.path("limits.db");
  std::unique_ptr<Store> store_ = open(path_).value();
};

TEST_F(Views, TheShellShowsWhatWasWrittenWhileAWriterRuns) {
  EXPECT_EQ(shell(path_, "SELECT * FROM user_limits"),
            "limit-1|user-1|user-1|brand-1|EUR|DEPOSIT|DAY|ACTIVE|500|120.50||1712000000000||1712086400002|\n");
  EXPECT_EQ(shell(path_, "SELECT * FROM limit_overview"),
            "user-1|limit-1|DEPOSIT|DAY|ACTIVE|EUR|500|120.50|24.1|2024-04-02 19:33:20|2024-04-01 19:33:20|\n");
  EXPECT_EQ(shell(path_, "SELECT * FROM limit_history WHERE change_id = 2"),
            "2|limit-1|user-1|2|evt-2|USER_LIMIT_PROGRESS_CHANGED|change_progress|1712000002000|120.50|"
            "{\"amount\":\"120.50\",\"previousProgress\":\"0\"}|user-events|shardId-000000000000|"
            "49650000000000000000000000000000000000000000000000000002|0|1712000002000|rules-1\n");
  EXPECT_EQ(shell(path_, "SELECT * FROM parked_limits"), "limit-9|user-2|1|1712086400005|5|evt-5|3|1712000003000\n");
  EXPECT_EQ(shell(path_, "SELECT * FROM dead_letters"),
            "1|open|1|bad_json|payload.amount: expected decimal text, found the number 12|user-events|"
            "shardId-000000000000|49650000000000000000000000000000000000000000000000000007|2|1712000007000|rules-1|"
            "{\"no|0||\n");
  EXPECT_EQ(shell(path_, "SELECT * FROM shards"),
            "user-events|shardId-000000000000|host:1|rules-1|"
            "49650000000000000000000000000000000000000000000000000001|0|"
            "49650000000000000000000000000000000000000000000000000001|0|1712000000000|1712000000000|250|1|"
            "2|0|1|2|0|1|0|0|0|0|||0|0|0|0|0|0|0|0|0|0|0\n");
}

TEST_F(Views, TheShellShowsThemWhenNoWriterRuns) {
  store_.reset();
  EXPECT_EQ(shell(path_, "SELECT user_limit_id FROM user_limits"), "limit-1\n");
}

TEST_F(Views, ALimitWithoutValueHasNoPercentage) {
  limits::Change change = tests::created(9, {.aggregate_id = "user-3", .user_limit_id = "limit-3"});
  change.definition->value = tests::decimal("0.00");
  EXPECT_TRUE(store_->apply(tests::Batch({change}).view(), Durability::kCommitted));
  EXPECT_EQ(shell(path_, "SELECT value, percent_used IS NULL FROM limit_overview WHERE user_limit_id = 'limit-3'"),
            "0.00|1\n");
}

}  // namespace
}  // namespace store::sqlite
