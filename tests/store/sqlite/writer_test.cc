#include "store/sqlite/writer.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "store/memory/memory.h"
#include "store/sqlite/sqlite.h"
#include "tests/store/sqlite/killed_writer.h"
#include "tests/store/sqlite/process.h"
#include "tests/store/sqlite/watched_files.h"
#include "tests/support/changes.h"
#include "tests/support/temporary_folder.h"

namespace store::sqlite {
namespace {

using tests::Batch;

class WriterTest : public testing::Test {
 protected:
  [[nodiscard]] std::string digest() { return open_reader(path_).value()->digest().value(); }
  [[nodiscard]] std::string check() {
    return Connection(path_, Connection::Mode::kRead, std::chrono::seconds(5)).text("PRAGMA integrity_check");
  }

  tests::TemporaryFolder folder_;
  std::string path_ = folder_.path("limits.db");
};

Report apply(Store& store, const Batch& batch, Durability durability = Durability::kCommitted) {
  const auto report = store.apply(batch.view(), durability);
  if (!report) throw std::runtime_error(report.error().what);
  return *report;
}

/// The digest of a store that has seen all that.
std::string digest_of(const std::vector<Batch>& batches) {
  const auto database = memory::create();
  const auto store = memory::open(database);
  for (const Batch& batch : batches) apply(*store, batch);
  return memory::open_reader(database)->digest().value();
}

limits::LimitKey limit_of(int number) {
  return {.aggregate_id = tests::keep(fmt::format("user-{}", number)),
          .user_limit_id = tests::keep(fmt::format("limit-{}", number))};
}

/// Batches of new, changed, late and repeated events, orphans and dead letters over a few limits.
std::vector<Batch> some_batches(unsigned seed, int count) {
  std::mt19937 random(seed);
  std::vector<Batch> batches;
  for (int n = 0; n < count; ++n) {
    Batch batch;
    for (int i = 0; i < 30; ++i) {
      const limits::LimitKey limit = limit_of(static_cast<int>(random() % 6));
      const std::int64_t sequence = 1 + static_cast<std::int64_t>(random() % 500);
      batch.changes.push_back(sequence % 50 == 0 ? tests::created(sequence, limit)
                                                 : tests::progressed(sequence, "1", std::to_string(sequence), limit));
    }
    batch.dead_letters.push_back(tests::dead_letter(fmt::format("{{{}", n / 2)));
    batch.shard.sequence = tests::keep(fmt::format("{}", 1000 + n));
    batches.push_back(batch);
  }
  return batches;
}

TEST_F(WriterTest, ABatchIsThereWholeOrNotAtAllWhereverItsWriterIsKilled) {
  const std::vector<Batch> batches = some_batches(1, 3);
  const std::string before = digest_of({batches[0], batches[1]});
  const std::string after = digest_of(batches);
  for (const std::size_t count : {0U, 1U}) apply(*open(path_).value(), batches[count]);
  const int killed = tests::kill_at_each_call(
      path_, [&] { apply(*open(path_).value(), batches[2], Durability::kDurable); },
      [&](int call) {
        const std::string found = digest();
        ASSERT_TRUE(found == before || found == after) << "killed at call " << call;
        ASSERT_EQ(check(), "ok");
        apply(*open(path_).value(), batches[2]);
        ASSERT_EQ(digest(), after) << "after a redelivery to what was killed at call " << call;
      });
  EXPECT_GE(killed, 10);
}

TEST_F(WriterTest, ProcessesThatWriteOneFileEndInTheStateOfOneThatWroteAll) {
  const std::vector<Batch> batches = some_batches(2, 200);
  std::vector<std::unique_ptr<tests::Process>> writers;
  for (unsigned number = 0; number < 4; ++number) {
    writers.push_back(std::make_unique<tests::Process>([&, number] {
      const auto store = open(path_);
      if (!store) throw std::runtime_error(store.error().what);
      const std::string shard = fmt::format("shard-{}", number);
      std::vector<Batch> mine;
      for (std::size_t i = 0; i < batches.size(); ++i) {
        if (i % 3 == number % 3) mine.push_back(batches[i]);
      }
      std::ranges::shuffle(mine, std::mt19937(number));
      for (Batch& batch : mine) {
        batch.shard.key.shard = shard;
        apply(**store, batch);
      }
    }));
  }
  for (const auto& writer : writers) EXPECT_TRUE(writer->wait());
  EXPECT_EQ(digest(), digest_of(batches));
  EXPECT_EQ(check(), "ok");
  EXPECT_EQ(open_reader(path_).value()->shards().value().size(), 4u);
}

TEST_F(WriterTest, OnlyWhatMustBeDurableSyncsTheLog) {
  int syncs = 0;
  const tests::WatchedFiles files([&](tests::WatchedFiles::Call call, std::string_view file) {
    if (call == tests::WatchedFiles::Call::kSync && file.ends_with("-wal")) ++syncs;
    return SQLITE_OK;
  });
  auto store = open(path_).value();
  apply(*store, Batch({tests::created(1)}));
  syncs = 0;
  apply(*store, Batch({tests::progressed(2, "0", "1")}));
  EXPECT_EQ(syncs, 0);
  apply(*store, Batch(), Durability::kDurable);
  EXPECT_GE(syncs, 1) << "a batch without records must sync those before it";
  syncs = 0;
  apply(*store, Batch({tests::progressed(3, "1", "1")}), Durability::kDurable);
  EXPECT_GE(syncs, 1);
  syncs = 0;
  apply(*store, Batch({tests::progressed(4, "2", "1")}));
  EXPECT_EQ(syncs, 0);
}

TEST_F(WriterTest, ASyncThatFailedIsTriedNoSecondTime) {
  // The second would succeed: the system tells of what it could not write only once.
  int syncs = 1;
  const tests::WatchedFiles files([&](tests::WatchedFiles::Call call, std::string_view file) {
    if (call != tests::WatchedFiles::Call::kSync || !file.ends_with("-wal")) return SQLITE_OK;
    return ++syncs == 1 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  });
  auto store = open(path_).value();
  apply(*store, Batch({tests::created(1)}));
  syncs = 0;
  const auto report = store->apply(Batch({tests::progressed(2, "0", "1")}).view(), Durability::kDurable);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kFatal);
  EXPECT_EQ(syncs, 1);
}

/// Writes 20 batches of 100 events of one limit, 800 pages each, and sees that the log does not take them all: 64 MB.
/// It is copied at 16, and later where readers are in the way, the more so the longer they wait for a processor.
void write_much(const std::string& path, int limit) {
  constexpr std::uintmax_t kBound = 48 << 20;
  const std::string fields = "{\"userId\":\"" + std::string(30000, 'x') + "\"}";
  const auto store = open(path).value();
  for (std::int64_t sequence = 1; sequence <= 20 * 100;) {
    Batch batch;
    for (int i = 0; i < 100; ++i, ++sequence) {
      batch.changes.push_back(tests::reset(sequence, limit_of(limit)));
      batch.changes.back().fields = fields;
    }
    apply(*store, batch);
    if (std::filesystem::file_size(path + "-wal") > kBound) throw std::runtime_error("the log has grown");
  }
}

TEST_F(WriterTest, TheLogStaysBoundedHoweverManyWrite) {
  std::vector<std::unique_ptr<tests::Process>> writers;
  for (int number = 0; number < 3; ++number) {
    writers.push_back(std::make_unique<tests::Process>([&, number] { write_much(path_, number); }));
  }
  for (const auto& writer : writers) EXPECT_TRUE(writer->wait());
}

TEST_F(WriterTest, TheLogStaysBoundedBesideReadersThatNeverRest) {
  apply(*open(path_).value(), Batch({tests::created(1)}));
  std::vector<std::unique_ptr<tests::Process>> readers;
  for (int number = 0; number < 3; ++number) {
    readers.push_back(std::make_unique<tests::Process>([&] {
      const auto reader = open_reader(path_).value();
      while (reader->history("limit-1")) {
      }
    }));
  }
  tests::Process writer([&] { write_much(path_, 2); });
  EXPECT_TRUE(writer.wait());
  for (const auto& reader : readers) EXPECT_TRUE(reader->running());
}

TEST_F(WriterTest, RemembersNothingOfABatchThatFailed) {
  auto store = open(path_).value();
  Batch batch({tests::created(1)});
  const std::string trigger = "CREATE TRIGGER refuse BEFORE INSERT ON shard BEGIN SELECT raise(ABORT, 'no'); END";
  Connection(path_, Connection::Mode::kWrite, std::chrono::seconds(5)).execute(trigger.c_str());
  const auto report = store->apply(batch.view(), Durability::kCommitted);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kFatal);
  EXPECT_THAT(report.error().what, testing::HasSubstr("limits.db"));
  Connection(path_, Connection::Mode::kWrite, std::chrono::seconds(5)).execute("DROP TRIGGER refuse");

  apply(*open(path_).value(), Batch({tests::created(1, limit_of(7)), tests::reset(2, limit_of(8))}));
  apply(*store, batch);
  EXPECT_EQ(digest(), digest_of({Batch({tests::created(1, limit_of(7)), tests::reset(2, limit_of(8))}), batch}));
}

TEST_F(WriterTest, WaitsABoundedTimeForAnotherProgram) {
  auto store = open(path_, {.lock_patience = std::chrono::milliseconds(50)}).value();
  Connection other(path_, Connection::Mode::kWrite, std::chrono::seconds(5));
  const Transaction writing(other, Transaction::Kind::kWrite);
  const auto report = store->apply(Batch({tests::created(1)}).view(), Durability::kCommitted);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kBusy);
  EXPECT_THAT(report.error().what, testing::HasSubstr("Another program"));
}

TEST_F(WriterTest, KeepsHistoryAgainWhenItIsSwitchedOnAgain) {
  apply(*open(path_).value(), Batch({tests::created(1), tests::progressed(2, "0", "1")}));
  apply(*open(path_, {.history = false}).value(), Batch({tests::progressed(5, "1", "1")}));
  apply(*open(path_).value(), Batch({tests::progressed(4, "1", "1"), tests::progressed(6, "2", "1")}));
  std::vector<std::int64_t> sequences;
  const std::vector<HistoryRow> rows = open_reader(path_).value()->history("limit-1").value();
  for (const HistoryRow& row : rows) sequences.push_back(row.sequence);
  EXPECT_EQ(sequences, (std::vector<std::int64_t>{1, 2, 4, 6}));
}

TEST_F(WriterTest, ChangeIdsGrowAndNeverComeAgain) {
  apply(*open(path_).value(), Batch({tests::created(1), tests::reset(2), tests::reset(2), tests::reset(3)}));
  Connection(path_, Connection::Mode::kWrite, std::chrono::seconds(5)).execute("DELETE FROM limit_change");
  apply(*open(path_).value(), Batch({tests::created(1, limit_of(2))}));
  const auto rows = open_reader(path_).value()->history("limit-2").value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_GT(rows[0].change_id, 3);
}

}  // namespace
}  // namespace store::sqlite
