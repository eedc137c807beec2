#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "tests/contract/store_contract.h"
#include "tests/contract/traffic.h"

// Whatever the way of the events, the state in the end is that of the events.
namespace tests {
namespace {

using store::Verdict;

std::string with_seed(std::uint64_t seed) {
  return "seed " + std::to_string(seed);
}

/// A store with a writer and a reader.
struct Trial {
  explicit Trial(std::unique_ptr<Backend> backend_) : backend(std::move(backend_)) {}

  std::unique_ptr<Backend> backend;
  std::unique_ptr<store::Store> writer = backend->writer();
  std::unique_ptr<store::Reader> reader = backend->reader();
};

std::vector<std::string> digest_of(const Batch& batch) {
  const Trial trial(reference());
  apply(*trial.writer, batch);
  return digest_lines_in(*trial.reader);
}

TEST_P(StoreContract, AnyOrderAnySplitAndAnyRepeatsEndInTheSameState) {
  constexpr std::uint64_t kSeeds = 300;
  constexpr std::uint64_t kSeedsOfAStore = 15;  // to make a file takes far longer than to fill it
  std::unique_ptr<Trial> trial;
  std::unique_ptr<Trial> expected;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(with_seed(seed));
    if (seed % kSeedsOfAStore == 0) {
      trial = std::make_unique<Trial>(GetParam().make(true));
      expected = std::make_unique<Trial>(reference());
    }
    Traffic traffic(seed, 60);
    tests::apply(*expected->writer, traffic.in_order());
    store::Tally verdicts;
    std::int64_t records = 0;
    for (const Batch& batch : traffic.delivered()) {
      verdicts += tests::apply(*trial->writer, batch).verdicts;
      records += std::ssize(batch.changes) + std::ssize(batch.dead_letters) + batch.ignored;
    }

    ASSERT_EQ(digest_lines_in(*trial->reader), digest_lines_in(*expected->reader));
    ASSERT_EQ(verdicts.total(), records) << "every record has one verdict";
    ASSERT_EQ(verdicts[Verdict::kApplied] + verdicts[Verdict::kParked] + verdicts[Verdict::kStale],
              std::ssize(traffic.in_order().changes))
        << "every event was first seen once";
  }
}

TEST_P(StoreContract, EveryEventOfALongHistoryFindsItsPlace) {
  constexpr int kEvents = 3'000;
  std::vector<limits::Change> events{created(0)};
  for (int i = 1; i < kEvents; ++i) events.push_back(progressed(2 * i, std::to_string(i - 1), "1"));
  const std::vector<std::string> expected = digest_of({events});

  std::mt19937_64 random(3);
  // The latter half comes first, so that half of all events are late.
  std::ranges::rotate(events, events.begin() + kEvents / 2);
  std::shuffle(events.begin() + kEvents / 4, events.begin() + 3 * kEvents / 4, random);
  for (auto rest = events.cbegin(); rest != events.cend();) {
    const std::ptrdiff_t size = std::min<std::ptrdiff_t>(1 + static_cast<int>(random() % 100), events.cend() - rest);
    EXPECT_EQ(apply({std::vector(rest, rest + size)}).verdicts[Verdict::kDuplicate], 0);
    rest += size;
  }
  EXPECT_EQ(digest_lines_in(*reader_), expected);
  EXPECT_EQ(apply({events}).verdicts, tally({{Verdict::kDuplicate, kEvents}}));
  EXPECT_EQ(digest_lines_in(*reader_), expected);
}

TEST_P(StoreContract, AReplayFromAnywhereChangesNothing) {
  Traffic traffic(1, 150);
  const Batch all = traffic.in_order();
  apply(all);
  const std::vector<std::string> before = digest_lines_in(*reader_);
  for (std::size_t from = 0; from < all.changes.size(); from += 10) {
    const auto start = all.changes.begin() + static_cast<std::ptrdiff_t>(from);
    const Batch replay{std::vector(start, all.changes.end())};
    const store::Report report = apply(replay);
    ASSERT_EQ(report.verdicts[Verdict::kDuplicate], std::ssize(replay.changes));
    ASSERT_EQ(digest_lines_in(*reader_), before) << "from " << from;
  }
}

TEST_P(StoreContract, ABatchThatWasCommittedInPartConvergesWhenItComesAgain) {
  const Batch all = Traffic(2, 60).in_order();
  for (std::size_t part = 0; part <= all.changes.size(); part += 4) {
    const Trial trial(GetParam().make(true));
    tests::apply(*trial.writer,
                 {std::vector(all.changes.begin(), all.changes.begin() + static_cast<std::ptrdiff_t>(part))});
    tests::apply(*trial.writer, all);
    ASSERT_EQ(digest_lines_in(*trial.reader), digest_of(all)) << "after " << part << " changes";
  }
}

/// Prunes the oldest tenths of both histories.
void prune_both(const Trial& trial, const Trial& expected, int tenths) {
  const std::vector<std::int64_t> ids = change_ids_in(*trial.reader);
  const std::vector<std::int64_t> expected_ids = change_ids_in(*expected.reader);
  ASSERT_EQ(ids.size(), expected_ids.size());
  if (ids.empty()) return;
  const std::size_t first = (ids.size() - 1) * static_cast<std::size_t>(tenths) / 10;
  ASSERT_EQ(prune(*trial.writer, ids[first]), prune(*expected.writer, expected_ids[first]));
}

/// Feeds a store and the reference with the same batches, prunes them alike, and expects them to agree at every step.
void expect_agreement(const BackendKind& kind, bool history, std::uint64_t seed) {
  SCOPED_TRACE(with_seed(seed) + (history ? "" : ", without history"));
  const Trial trial(kind.make(history));
  const Trial expected(reference(history));
  int step = 0;
  for (const Batch& batch : Traffic(seed, 200).delivered()) {
    SCOPED_TRACE("batch " + std::to_string(++step));
    ASSERT_EQ(apply(*trial.writer, batch), apply(*expected.writer, batch));
    ASSERT_EQ(digest_lines_in(*trial.reader), digest_lines_in(*expected.reader));
    if (step % 3 != 0) continue;
    prune_both(trial, expected, static_cast<int>(seed + static_cast<std::uint64_t>(step)) % 11);
    ASSERT_EQ(digest_lines_in(*trial.reader), digest_lines_in(*expected.reader)) << "after a prune";
  }
  ASSERT_EQ(listings_in(*trial.reader), listings_in(*expected.reader));
}

TEST_P(StoreContract, AgreesWithTheReferenceAfterEveryBatch) {
  constexpr std::uint64_t kSeeds = 10;
  for (std::uint64_t seed = 1001; seed <= 1000 + kSeeds && !HasFatalFailure(); ++seed) {
    expect_agreement(GetParam(), true, seed);
    expect_agreement(GetParam(), false, seed);
  }
}

}  // namespace
}  // namespace tests
