#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "store/sqlite/sqlite.h"
#include "tests/support/changes.h"
#include "tests/support/temporary_folder.h"

namespace tests {
namespace {

/// Counts the steps of SQLite's machine in all statements of the connections opened while it lives.
class StepCount {
 public:
  StepCount() {
    steps_ = 0;
    sqlite3_initialize();
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(watch));
  }
  ~StepCount() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(watch)); }
  StepCount(const StepCount&) = delete;
  StepCount& operator=(const StepCount&) = delete;

  [[nodiscard]] static std::int64_t steps() { return steps_; }

 private:
  static int watch(sqlite3* db, char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, count, nullptr);
  }
  static int count(unsigned, void*, void* statement, void*) {
    steps_ += sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement), SQLITE_STMTSTATUS_VM_STEP, 1);
    return 0;
  }

  static inline std::int64_t steps_ = 0;
};

void commit(store::Store& store, const std::vector<limits::Change>& changes) {
  const auto report = store.apply(Batch(changes).view(), store::Durability::kCommitted);
  ASSERT_TRUE(report.has_value()) << report.error().what;
}

/// Steps to replay the middle 100 events of a limit's history, which a limit with that many events costs.
std::int64_t steps_of_a_replay(int events) {
  constexpr int kReplayed = 100;
  constexpr int kOfABatch = 1000;
  const TemporaryFolder folder;
  const StepCount count;
  const auto store = store::sqlite::open(folder.path("limits.db")).value();
  std::vector<limits::Change> replayed;
  std::vector<limits::Change> batch;
  for (int i = 0; i < events; ++i) {
    batch.push_back(i == 0 ? created(0) : progressed(i, std::to_string(i - 1), "1"));
    if (i >= (events - kReplayed) / 2 && replayed.size() < kReplayed) replayed.push_back(batch.back());
    if (std::ssize(batch) < kOfABatch && i + 1 < events) continue;
    commit(*store, batch);
    batch.clear();
  }
  const std::int64_t before = StepCount::steps();
  commit(*store, replayed);
  return StepCount::steps() - before;
}

TEST(Cost, OfAReplayedRecordDoesNotGrowWithTheLengthOfItsHistory) {
  const std::int64_t of_a_short_one = steps_of_a_replay(100);
  const std::int64_t of_a_long_one = steps_of_a_replay(100'000);
  RecordProperty("steps_with_100_events", std::to_string(of_a_short_one));
  RecordProperty("steps_with_100000_events", std::to_string(of_a_long_one));
  EXPECT_GT(of_a_short_one, 0);
  EXPECT_LT(of_a_long_one, 2 * of_a_short_one) << "steps of SQLite's machine, for 100 records";
}

}  // namespace
}  // namespace tests
