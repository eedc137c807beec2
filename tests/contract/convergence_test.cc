#include <algorithm>
#include <random>
#include <string>

#include "tests/contract/store_contract.h"
#include "tests/contract/traffic.h"

// Whatever the way of the events, the state in the end is that of the events.
namespace tests {
namespace {

using store::Verdict;

std::string with_seed(std::uint64_t seed) {
  return "seed " + std::to_string(seed);
}

std::vector<std::string> digest_of(const Batch& batch) {
  const std::unique_ptr<Backend> backend = reference();
  apply(*backend->writer(), batch);
  return digest_lines_in(*backend->reader());
}

TEST_P(StoreContract, AnyOrderAnySplitAndAnyRepeatsEndInTheSameState) {
  constexpr std::uint64_t kSeeds = 200;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(with_seed(seed));
    Traffic traffic(seed, 60);
    const std::unique_ptr<Backend> backend = GetParam().make(true);
    const std::unique_ptr<store::Store> writer = backend->writer();
    store::Tally verdicts;
    std::int64_t records = 0;
    for (const Batch& batch : traffic.delivered()) {
      verdicts += tests::apply(*writer, batch).verdicts;
      records += std::ssize(batch.changes) + std::ssize(batch.dead_letters) + batch.ignored;
    }

    const std::unique_ptr<store::Reader> reader = backend->reader();
    ASSERT_EQ(digest_lines_in(*reader), digest_of(traffic.in_order()));
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
    const std::unique_ptr<Backend> backend = GetParam().make(true);
    const std::unique_ptr<store::Store> writer = backend->writer();
    tests::apply(*writer, {std::vector(all.changes.begin(), all.changes.begin() + static_cast<std::ptrdiff_t>(part))});
    tests::apply(*writer, all);
    ASSERT_EQ(digest_lines_in(*backend->reader()), digest_of(all)) << "after " << part << " changes";
  }
}

/// Feeds a store and the reference with the same batches, and expects them to agree at every step.
void expect_agreement(const BackendKind& kind, bool history, std::uint64_t seed) {
  SCOPED_TRACE(with_seed(seed) + (history ? "" : ", without history"));
  const std::unique_ptr<Backend> backend = kind.make(history);
  const std::unique_ptr<Backend> expected = reference(history);
  const std::unique_ptr<store::Store> writer = backend->writer();
  const std::unique_ptr<store::Store> expected_writer = expected->writer();
  const std::unique_ptr<store::Reader> reader = backend->reader();
  const std::unique_ptr<store::Reader> expected_reader = expected->reader();
  int step = 0;
  for (const Batch& batch : Traffic(seed, 200).delivered()) {
    SCOPED_TRACE("batch " + std::to_string(++step));
    ASSERT_EQ(apply(*writer, batch), apply(*expected_writer, batch));
    ASSERT_EQ(digest_lines_in(*reader), digest_lines_in(*expected_reader));
  }
  ASSERT_EQ(listings_in(*reader), listings_in(*expected_reader));
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
