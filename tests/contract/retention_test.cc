#include <limits>
#include <map>

#include "tests/contract/store_contract.h"
#include "tests/contract/traffic.h"

// What a prune takes, what it leaves, and what becomes of events that come later.
namespace tests {
namespace {

using limits::LimitKey;
using store::Verdict;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

/// The lines of the digest that are state, and not history.
std::vector<std::string> state_in(store::Reader& reader) {
  std::vector<std::string> lines;
  for (const std::string_view section : {"limit", "parked", "term", "dead"}) {
    for (std::string& line : digest_lines_in(reader, section)) lines.push_back(std::move(line));
  }
  return lines;
}

class RetentionContract : public StoreContract {
 protected:
  std::int64_t prune(std::int64_t before_change = kAll) { return tests::prune(*store_, before_change); }
  /// Prunes what arrived before the event with that sequence number did.
  std::int64_t prune_before(std::int64_t sequence) { return prune(first_since(sequence)); }
  std::int64_t first_since(std::int64_t sequence) {
    return reader_->first_change_since({kStart + 1000 * sequence}).value();
  }
  std::optional<store::OwnedStamp> floor() { return kept_limits_in(*reader_).at(0).floor; }
};

TEST_P(RetentionContract, LeavesTheStateAndTheEventsThatItRestedUpon) {
  apply({created(1), progressed(2, "0", "1"), progressed(3, "1", "1"), progressed(4, "2", "1"), reset(5)});
  const std::vector<std::string> before = state_in(*reader_);
  const std::vector<store::HistoryRow> rows = history();
  EXPECT_EQ(prune_before(5), 2);
  EXPECT_EQ(state_in(*reader_), before);
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-4", "evt-5"));
  EXPECT_EQ(floor(), (store::OwnedStamp{.sequence = 4, .event_id = "evt-4"}));
  EXPECT_EQ(history()[1].change_id, rows[3].change_id) << "what stays is what it was";
  EXPECT_EQ(history()[1].fields, rows[3].fields);
}

TEST_P(RetentionContract, LeavesOneEventIfItSetBothGroups) {
  apply({created(1), progressed(2, "0", "1"), created(3), progressed(4, "0", "1")});
  EXPECT_EQ(prune_before(4), 2);
  EXPECT_THAT(event_ids(), ElementsAre("evt-3", "evt-4"));
}

TEST_P(RetentionContract, LeavesTheEventThatSetATerm) {
  const auto value = [](std::string_view text) { return limits::Terms{.value = decimal(text)}; };
  apply({created(1), changed(2, value("200")),
         changed(3, {.status = limits::Status::kCanceled, .value = decimal("300")}), changed(4, value("400")),
         progressed(5, "0", "1"), created(6), changed(7, value("700")), progressed(8, "1", "1")});
  const std::vector<std::string> before = state_in(*reader_);
  EXPECT_EQ(prune_before(6), 1) << "the first new value: both others set a term that holds, before the next definition";
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-3", "evt-4", "evt-5", "evt-6", "evt-7", "evt-8"));
  EXPECT_EQ(prune(), 4);
  EXPECT_THAT(event_ids(), ElementsAre("evt-6", "evt-7", "evt-8"));
  EXPECT_EQ(state_in(*reader_), before);
}

TEST_P(RetentionContract, LeavesTheDefinitionThatHeldAtTheFloor) {
  apply({created(1), created(2), progressed(3, "0", "1"), progressed(4, "1", "1"), created(5)});
  EXPECT_EQ(prune_before(5), 2);
  EXPECT_THAT(event_ids(), ElementsAre("evt-2", "evt-4", "evt-5"));
}

TEST_P(RetentionContract, LeavesTheNewestEventOfEachLimitHoweverOld) {
  apply({created(1), progressed(2, "0", "1"), reset(1, kOther), reset(3, kOther)});
  EXPECT_EQ(prune(), 1);
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-2"));
  EXPECT_THAT(event_ids(kOther.user_limit_id), ElementsAre("evt-3"));
  ASSERT_THAT(parked_in(*reader_), SizeIs(1));
  EXPECT_EQ(parked_in(*reader_)[0].events, 1);
}

TEST_P(RetentionContract, TakesWhatArrivedFirstWhateverItsNumber) {
  apply({created(1), progressed(8, "7", "1")});
  apply({progressed(4, "0", "1"), progressed(9, "8", "1")});
  const std::int64_t third = change_ids_in(*reader_)[2];
  EXPECT_EQ(prune(third), 0) << "the two of the first batch are the base";
  EXPECT_EQ(floor()->sequence, 8);
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-4", "evt-8", "evt-9"))
      << "the late one arrived after the prune's end";
  EXPECT_EQ(prune(), 2);
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-9"));
}

TEST_P(RetentionContract, AnEventNotAboveTheFloorIsExpiredAndLeavesNoTrace) {
  apply({created(1), progressed(2, "0", "1"), progressed(4, "1", "1"), progressed(6, "2", "1")});
  prune_before(6);
  const std::vector<std::string> before = digest_lines_in(*reader_);
  EXPECT_EQ(verdict_of(progressed(2, "0", "1")), Verdict::kExpired) << "was pruned";
  EXPECT_EQ(verdict_of(progressed(3, "0", "1")), Verdict::kExpired) << "is new, and nobody can know that";
  EXPECT_EQ(verdict_of(progressed(4, "1", "1")), Verdict::kExpired) << "stands at the floor";
  EXPECT_EQ(verdict_of(under_id(reset(4), "evt-3")), Verdict::kExpired);
  EXPECT_EQ(verdict_of(created(1)), Verdict::kExpired) << "is the base";
  EXPECT_EQ(digest_lines_in(*reader_), before);
  EXPECT_EQ(shard().verdicts[Verdict::kExpired], 5);
  EXPECT_EQ(shard().sequence_conflicts, 0);
}

TEST_P(RetentionContract, AnEventAboveTheFloorIsWhatItWouldHaveBeen) {
  apply({created(1), progressed(2, "0", "1"), progressed(4, "1", "1"), progressed(8, "2", "1")});
  prune_before(8);
  EXPECT_EQ(verdict_of(under_id(reset(4), "evt-5")), Verdict::kStale) << "one above the floor";
  EXPECT_EQ(verdict_of(progressed(6, "1", "1")), Verdict::kStale);
  EXPECT_EQ(verdict_of(progressed(6, "1", "1")), Verdict::kDuplicate);
  EXPECT_EQ(verdict_of(progressed(8, "2", "1")), Verdict::kDuplicate);
  EXPECT_EQ(verdict_of(progressed(9, "3", "1")), Verdict::kApplied);
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-4", "evt-5", "evt-6", "evt-8", "evt-9"));
  EXPECT_EQ(shard().sequence_conflicts, 1);
}

TEST_P(RetentionContract, ADefinitionTakesEffectHoweverLateItComes) {
  apply({reset(3), reset(5), reset(7)});
  prune();
  EXPECT_EQ(verdict_of(created(2)), Verdict::kApplied);
  EXPECT_EQ(limit().value, "500");
  EXPECT_THAT(parked_in(*reader_), IsEmpty());
  EXPECT_EQ(verdict_of(created(2)), Verdict::kExpired);
  EXPECT_EQ(verdict_of(created(1)), Verdict::kExpired);
  EXPECT_EQ(verdict_of(created(4)), Verdict::kApplied) << "newer than the one that holds";
  EXPECT_THAT(event_ids(), ElementsAre("evt-2", "evt-4", "evt-7"));
  EXPECT_EQ(prune(), 1);
  EXPECT_THAT(event_ids(), ElementsAre("evt-4", "evt-7"));
}

TEST_P(RetentionContract, OnceMoreTakesNothing) {
  apply({created(1), progressed(2, "0", "1"), progressed(4, "1", "1"), progressed(6, "2", "1")});
  EXPECT_EQ(prune_before(6), 1);
  const std::vector<std::string> after = digest_lines_in(*reader_);
  EXPECT_EQ(prune_before(6), 0);
  EXPECT_EQ(prune_before(2), 0);
  EXPECT_EQ(prune(0), 0);
  EXPECT_EQ(digest_lines_in(*reader_), after);
}

TEST_P(RetentionContract, OfNothingTakesNothing) {
  EXPECT_EQ(prune(), 0);
  EXPECT_EQ(verdict_of(created(1)), Verdict::kApplied);
  EXPECT_THAT(event_ids(), ElementsAre("evt-1"));
  EXPECT_EQ(floor(), std::nullopt) << "what came afterwards was not meant";
}

TEST_P(RetentionContract, FirstChangeSinceIsTheFirstThatArrivedThenOrLater) {
  EXPECT_EQ(first_since(0), 1);
  apply({created(1), progressed(9, "0", "1"), progressed(4, "1", "1"), progressed(5, "2", "1")});
  const std::vector<std::int64_t> ids = change_ids_in(*reader_);
  EXPECT_EQ(first_since(0), ids[0]);
  EXPECT_EQ(first_since(1), ids[0]);
  EXPECT_EQ(first_since(2), ids[1]);
  EXPECT_EQ(first_since(9), ids[1]) << "what stands behind it arrived earlier, and was stored later";
  EXPECT_GT(first_since(10), ids[3]);
  prune(ids[2]);
  EXPECT_EQ(first_since(0), ids[2]) << "the base of a prune is done with";
}

TEST_P(RetentionContract, AnEventWithoutATimeOfArrivalIsNotOld) {
  limits::Change timeless = progressed(2, "0", "1");
  timeless.origin.arrival = {};
  apply({created(1), timeless, progressed(3, "1", "1")});
  EXPECT_EQ(first_since(10), change_ids_in(*reader_)[1]);
}

TEST_P(RetentionContract, InStepsEndsAsAtOnce) {
  Traffic traffic(7, 150);
  const std::vector<Batch> batches = traffic.delivered();
  for (const Batch& batch : batches) apply(batch);
  const auto at_once = GetParam().make(true);
  const auto writer = at_once->writer();
  for (const Batch& batch : batches) tests::apply(*writer, batch);
  const std::vector<std::string> state = state_in(*reader_);

  const std::vector<std::int64_t> ids = change_ids_in(*reader_);
  std::int64_t taken = 0;
  for (std::size_t i = 0; i < 100; i += 7) taken += prune(ids[i]);
  taken += prune(ids[100]);
  EXPECT_EQ(tests::prune(*writer, change_ids_in(*at_once->reader())[100]), taken);
  EXPECT_GT(taken, 20);
  EXPECT_EQ(listings_in(*reader_), listings_in(*at_once->reader()));
  EXPECT_EQ(state_in(*reader_), state);
}

TEST_P(RetentionContract, SaysBeforehandHowMuchItTakes) {
  Traffic traffic(8, 150);
  for (const Batch& batch : traffic.delivered()) apply(batch);
  for (const std::size_t oldest : {10U, 10U, 30U, 60U}) {
    const std::int64_t before = change_ids_in(*reader_)[oldest];
    std::int64_t expected = 0;
    for (const store::KeptLimit& limit : kept_limits_in(*reader_)) expected += store::prunable(limit, before);
    EXPECT_EQ(prune(before), expected);
  }
}

TEST_P(RetentionContract, OfMuchIsDoneInTransactionsOfABatch) {
  constexpr int kEvents = 5'000;
  Batch batch{created(0), created(1, kOther)};
  for (int i = 2; i < kEvents; ++i) batch.changes.push_back(reset(i, i % 2 == 0 ? kLimit : kOther));
  apply(batch);
  const std::vector<std::string> state = state_in(*reader_);
  std::int64_t taken = 0;
  std::int64_t last = 0;
  for (bool all = false; !all;) {
    // Each time it is given up after a step.
    std::int64_t steps = 0;
    taken += store_
                 ->prune(kAll,
                         [&](std::int64_t done, std::int64_t total) {
                           EXPECT_LE(done, total);
                           all = done == total;
                           return ++steps == 0;
                         })
                 .value();
    EXPECT_EQ(steps, 1);
    EXPECT_EQ(state_in(*reader_), state);
    ASSERT_TRUE(all || taken > last) << "each step takes some";
    last = taken;
  }
  EXPECT_EQ(taken, kEvents - 4);
  EXPECT_THAT(event_ids(), ElementsAre("evt-0", "evt-4998"));
  EXPECT_THAT(event_ids(kOther.user_limit_id), ElementsAre("evt-1", "evt-4999"));
}

TEST_P(RetentionContract, WhoFollowsTheHistoryFromAnywhereEndsInTheState) {
  Traffic traffic(9, 120);
  std::map<std::pair<std::string, store::OwnedStamp>, limits::Change> changes;
  for (const Batch& batch : traffic.delivered()) {
    for (const limits::Change& change : batch.changes) {
      changes[{std::string(change.key.aggregate_id) + '/' + std::string(change.key.user_limit_id),
               {.sequence = change.stamp.sequence.value, .event_id = std::string(change.stamp.event_id)}}] = change;
    }
    apply(batch);
  }
  const auto arrived = [&] {
    std::map<std::int64_t, limits::Change> found;
    for (const store::KeptLimit& limit : kept_limits_in(*reader_)) {
      for (const store::HistoryRow& row : limit.history) {
        found[row.change_id] = changes.at(
            {row.aggregate_id + '/' + row.user_limit_id, {.sequence = row.sequence, .event_id = row.event_id}});
      }
    }
    return found;
  };
  const auto all = arrived();
  prune(change_ids_in(*reader_)[90]);
  const auto kept = arrived();
  ASSERT_LT(kept.size() + 20, all.size());
  for (const auto& [cursor, unused] : all) {
    Batch seen;
    for (auto place = all.begin(); place->first <= cursor; ++place) {
      seen.changes.push_back(place->second);
      if (std::next(place) == all.end()) break;
    }
    for (auto place = kept.upper_bound(cursor); place != kept.end(); ++place) seen.changes.push_back(place->second);
    const auto follower = reference(false);
    tests::apply(*follower->writer(), seen);
    ASSERT_EQ(digest_lines_in(*follower->reader(), "limit"), digest_lines_in(*reader_, "limit")) << "from " << cursor;
    ASSERT_EQ(digest_lines_in(*follower->reader(), "parked"), digest_lines_in(*reader_, "parked")) << "from " << cursor;
  }
}

TEST_P(RetentionContract, ALetterOfAnExpiredEventIsSettledAsThat) {
  apply({created(1), progressed(2, "0", "1"), progressed(4, "1", "1")});
  Batch dead;
  dead.dead_letters = {dead_letter("a")};
  apply(dead);
  prune();
  const std::vector<store::Retry> retries{
      {.id = dead_letters_in(*reader_).at(0).id, .outcome = std::optional(progressed(3, "1", "1"))}};
  const auto report = store_->replay({.shard = {.stream = "stream-x", .shard = "shard-x"},
                                      .rules_version = "rules-2",
                                      .now = {kStart},
                                      .retries = retries});
  EXPECT_EQ(report.value().applied.verdicts, tally({{Verdict::kExpired, 1}}));
  EXPECT_EQ(dead_letters_in(*reader_).at(0).state, store::LetterState::kReplayed);
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-4"));
}

TEST_P(RetentionContract, WithoutHistoryThereIsNothingToTake) {
  const auto backend = GetParam().make(false);
  const auto store = backend->writer();
  const auto reader = backend->reader();
  tests::apply(*store, {created(1), progressed(2, "0", "1")});
  EXPECT_EQ(tests::prune(*store, reader->first_change_since({kStart + 10'000}).value()), 0);
  EXPECT_EQ(kept_limits_in(*reader).at(0).floor, std::nullopt);
  EXPECT_EQ(tests::apply(*store, {created(1)}).verdicts, tally({{Verdict::kDuplicate, 1}}));
}

INSTANTIATE_TEST_SUITE_P(Backends, RetentionContract, testing::ValuesIn(backend_kinds().begin(), backend_kinds().end()),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace tests
