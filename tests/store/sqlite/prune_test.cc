#include "store/sqlite/prune.h"

#include <filesystem>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/memory/memory.h"
#include "store/sqlite/sqlite.h"
#include "tests/store/sqlite/killed_writer.h"
#include "tests/store/sqlite/process.h"
#include "tests/support/changes.h"
#include "tests/support/temporary_folder.h"

namespace store::sqlite {
namespace {

using tests::Batch;

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

limits::LimitKey limit_of(int number) {
  return {.aggregate_id = tests::keep(fmt::format("user-{}", number)),
          .user_limit_id = tests::keep(fmt::format("limit-{}", number))};
}

/// Batches of 100 new, late and repeated events of a few limits.
std::vector<Batch> some_batches(unsigned seed, int count, int highest_sequence) {
  std::mt19937 random(seed);
  std::vector<Batch> batches(static_cast<std::size_t>(count));
  for (Batch& batch : batches) {
    for (int i = 0; i < 100; ++i) {
      const limits::LimitKey limit = limit_of(static_cast<int>(random() % 20));
      const auto sequence = 1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(highest_sequence));
      batch.changes.push_back(sequence % 50 == 0 ? tests::created(sequence, limit)
                                                 : tests::progressed(sequence, "1", std::to_string(sequence), limit));
    }
  }
  return batches;
}

void apply(Store& store, const Batch& batch) {
  if (const auto report = store.apply(batch.view(), Durability::kCommitted); !report) {
    throw std::runtime_error(report.error().what);
  }
}

std::int64_t prune(Store& store, std::int64_t before_change = kAll) {
  const auto taken = store.prune(before_change, [](std::int64_t, std::int64_t) { return true; });
  if (!taken) throw std::runtime_error(taken.error().what);
  return *taken;
}

/// Of a store that has seen all that, and was pruned in the end.
std::string pruned_digest_of(const std::vector<Batch>& batches) {
  const auto database = memory::create();
  const auto store = memory::open(database);
  for (const Batch& batch : batches) apply(*store, batch);
  prune(*store);
  return memory::open_reader(database)->digest().value();
}

class PruneTest : public testing::Test {
 protected:
  [[nodiscard]] std::string digest() { return open_reader(path_).value()->digest().value(); }
  [[nodiscard]] std::vector<std::string> damage() {
    return open_reader(path_).value()->damage(Scrutiny::kComplete).value();
  }
  [[nodiscard]] std::int64_t integer(const std::string& sql) {
    return Connection(path_, Connection::Mode::kRead, std::chrono::seconds(5)).integer(sql);
  }

  tests::TemporaryFolder folder_;
  std::string path_ = folder_.path("limits.db");
};

TEST_F(PruneTest, KilledAnywhereIsFinishedByTheNext) {
  const std::vector<Batch> batches = some_batches(1, 40, 3000);
  {
    const auto store = open(path_).value();
    for (const Batch& batch : batches) apply(*store, batch);
  }
  const std::string expected = pruned_digest_of(batches);
  const int killed = tests::kill_at_each_call(
      path_, [&] { prune(*open(path_).value()); },
      [&](int call) {
        ASSERT_THAT(damage(), testing::IsEmpty()) << "killed at call " << call;
        prune(*open(path_).value());
        ASSERT_EQ(digest(), expected) << "killed at call " << call;
      });
  EXPECT_GE(killed, 10);
}

TEST_F(PruneTest, BesideWritersLosesNothing) {
  const std::vector<Batch> batches = some_batches(2, 150, 5000);
  const std::string written = folder_.path("written");
  prune(*open(path_).value());  // makes the file
  std::vector<std::unique_ptr<tests::Process>> writers;
  for (std::size_t number = 0; number < 3; ++number) {
    writers.push_back(std::make_unique<tests::Process>([&, number] {
      const auto store = open(path_).value();
      for (std::size_t i = number; i < batches.size(); i += 2) apply(*store, batches[i]);
    }));
  }
  tests::Process pruner([&] {
    const auto store = open(path_).value();
    const auto reader = open_reader(path_).value();
    const auto all_but_the_newest = [&] { return reader->first_change_since({kAll}).value() - 500; };
    while (!std::filesystem::exists(written)) prune(*store, all_but_the_newest());
  });
  for (const auto& writer : writers) EXPECT_TRUE(writer->wait());
  std::filesystem::create_directory(written);
  EXPECT_TRUE(pruner.wait());
  EXPECT_GT(integer("SELECT value FROM counter WHERE name = 'pruned'"), 5000);
  EXPECT_THAT(damage(), testing::IsEmpty());
  prune(*open(path_).value());
  EXPECT_EQ(digest(), pruned_digest_of(batches));
}

TEST_F(PruneTest, GivesRoomThatIsUsedAgain) {
  const auto store = open(path_).value();
  std::int64_t sequence = 0;
  const auto fill = [&] {
    for (int n = 0; n < 20; ++n) {
      Batch batch;
      for (int i = 0; i < 500; ++i) batch.changes.push_back(tests::reset(++sequence, limit_of(i % 20)));
      apply(*store, batch);
    }
  };
  fill();
  const std::int64_t pages = integer("PRAGMA page_count");
  for (int rounds = 0; rounds < 5; ++rounds) {
    EXPECT_GT(prune(*store), 9'900);
    EXPECT_GT(integer("PRAGMA freelist_count"), pages / 2);
    fill();
    EXPECT_LT(integer("PRAGMA page_count"), pages + pages / 10);
  }
}

TEST_F(PruneTest, ALateEventFindsItsPlaceInWhatIsLeft) {
  const auto store = open(path_).value();
  constexpr int kEvents = 4'000;
  for (int i = 0; i < kEvents; i += 2) apply(*store, Batch({tests::reset(i, limit_of(1))}));
  prune(*store, integer("SELECT change_id FROM limit_change WHERE sequence = 3000"));
  Batch late;
  for (int i = kEvents - 1; i > 0; i -= 2) late.changes.push_back(tests::reset(i, limit_of(1)));
  const auto report = store->apply(late.view(), Durability::kCommitted).value();
  EXPECT_EQ(report.verdicts[Verdict::kExpired], 1499);
  EXPECT_EQ(report.verdicts[Verdict::kStale], 500);
  EXPECT_EQ(report.verdicts[Verdict::kParked], 1);
  std::int64_t expected = 2998;
  const std::vector<HistoryRow> rows = open_reader(path_).value()->history("limit-1").value();
  for (const HistoryRow& row : rows) {
    ASSERT_EQ(row.sequence, expected);
    ++expected;
  }
  EXPECT_EQ(expected, kEvents);
}

TEST_F(PruneTest, AFailureIsSaidAndWhatWasDoneBeforeIsDone) {
  const auto store = open(path_).value();
  for (const Batch& batch : some_batches(3, 40, 100'000)) apply(*store, batch);
  const std::string refuse_later =
      "CREATE TRIGGER refuse BEFORE DELETE ON limit_change WHEN OLD.change_id > 2500 "
      "BEGIN SELECT raise(ABORT, 'no'); END";
  Connection(path_, Connection::Mode::kWrite, std::chrono::seconds(5)).execute(refuse_later.c_str());
  const auto refused = store->prune(kAll, [](std::int64_t, std::int64_t) { return true; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kFatal);
  EXPECT_THAT(refused.error().what, testing::HasSubstr("limits.db"));
  const std::int64_t done = integer("SELECT value FROM counter WHERE name = 'pruned'");
  EXPECT_GE(done, 2000);
  EXPECT_LT(done, 2500);
  Connection(path_, Connection::Mode::kWrite, std::chrono::seconds(5)).execute("DROP TRIGGER refuse");
  EXPECT_GT(prune(*store), 0);
  EXPECT_EQ(digest(), pruned_digest_of(some_batches(3, 40, 100'000)));
}

}  // namespace
}  // namespace store::sqlite
