#include <algorithm>

#include "tests/contract/store_contract.h"

// What the store remembers of the events of a limit.
namespace tests {
namespace {

using limits::LimitKey;
using store::Verdict;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr LimitKey kForeign{.aggregate_id = "user-0", .user_limit_id = "limit-1"};

TEST_P(StoreContract, AnEventIsRememberedWithWhereItCameFrom) {
  limits::Change change = progressed(4, "0", "120.50");
  change.origin = {.sequence = "4965", .sub_sequence = 3, .arrival = {kStart + 77}};
  Batch batch{change};
  batch.shard.key = {.stream = "stream-x", .shard = "shard-x"};
  batch.shard.rules_version = "rules-x";
  apply(batch);

  const std::vector<store::HistoryRow> rows = history();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].aggregate_id, "user-1");
  EXPECT_EQ(rows[0].user_limit_id, "limit-1");
  EXPECT_EQ(rows[0].sequence, 4);
  EXPECT_EQ(rows[0].event_id, "evt-4");
  EXPECT_EQ(rows[0].type, "USER_LIMIT_PROGRESS_CHANGED");
  EXPECT_EQ(rows[0].handler, "change_progress");
  EXPECT_EQ(rows[0].created_at, kStart + 4000);
  EXPECT_EQ(rows[0].progress_after, "120.50");
  EXPECT_EQ(rows[0].fields, R"({"amount":"120.50","previousProgress":"0"})");
  EXPECT_GT(rows[0].change_id, 0);
  EXPECT_EQ(rows[0].stream, "stream-x");
  EXPECT_EQ(rows[0].shard, "shard-x");
  EXPECT_EQ(rows[0].kinesis_sequence, "4965");
  EXPECT_EQ(rows[0].sub_sequence, 3);
  EXPECT_EQ(rows[0].arrival_ms, kStart + 77);
  EXPECT_EQ(rows[0].rules_version, "rules-x");
}

TEST_P(StoreContract, HistoryIsInTheOrderOfSequenceHoweverEventsCame) {
  apply({progressed(6, "1", "1")});
  apply({progressed(9, "3", "1"), created(2)});
  apply({progressed(8, "2", "1"), reset(12)});
  apply({progressed(4, "0", "1"), reset(10), reset(1)});
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-2", "evt-4", "evt-6", "evt-8", "evt-9", "evt-10", "evt-12"));

  std::vector<std::string> progress;
  for (const store::HistoryRow& row : history()) progress.push_back(row.progress_after.value());
  EXPECT_THAT(progress, ElementsAre("0", "0", "1", "2", "3", "4", "0", "0")) << "each row tells of its own event";
}

TEST_P(StoreContract, EventsUnderOneNumberStandInTheOrderOfTheirIds) {
  apply({reset(9), under_id(reset(4), "b"), reset(2)});
  apply({under_id(reset(4), "c"), under_id(reset(4), "a"), under_id(reset(4), "B")});
  EXPECT_THAT(event_ids(), ElementsAre("evt-2", "B", "a", "b", "c", "evt-9"));
}

TEST_P(StoreContract, ChangeIdsGrowInTheOrderOfArrival) {
  apply({progressed(6, "1", "1"), created(7, kOther)});
  apply({progressed(4, "0", "1")});
  apply({progressed(8, "2", "1"), reset(9, kOther)});

  std::vector<store::HistoryRow> rows = history("limit-1");
  std::ranges::copy(history("limit-2"), std::back_inserter(rows));
  std::ranges::sort(rows, {}, &store::HistoryRow::change_id);
  std::vector<std::string> arrived;
  for (const store::HistoryRow& row : rows) arrived.push_back(row.event_id);
  EXPECT_THAT(arrived, ElementsAre("evt-6", "evt-7", "evt-4", "evt-8", "evt-9"));
}

TEST_P(StoreContract, ARepeatAddsNoRowAndChangesNone) {
  apply({created(2), progressed(4, "0", "1"), progressed(6, "1", "1")});
  const std::int64_t first_id = history().at(1).change_id;

  limits::Change again = progressed(4, "0", "1");
  again.origin = {.sequence = "5000", .sub_sequence = 9, .arrival = {kStart + 1}};
  apply({again, again});
  EXPECT_THAT(event_ids(), ElementsAre("evt-2", "evt-4", "evt-6"));
  EXPECT_EQ(history().at(1).change_id, first_id);
  EXPECT_EQ(history().at(1).kinesis_sequence, progressed(4, "0", "1").origin.sequence);
}

TEST_P(StoreContract, AStaleEventIsRemembered) {
  apply({created(2), progressed(6, "1", "1")});
  EXPECT_EQ(verdict_of(progressed(4, "0", "1")), Verdict::kStale);
  EXPECT_THAT(event_ids(), ElementsAre("evt-2", "evt-4", "evt-6"));
}

TEST_P(StoreContract, ManyLateEventsOfOneBatchFindTheirPlaces) {
  std::vector<limits::Change> evens;
  std::vector<limits::Change> odds;
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    (i % 2 == 0 ? evens : odds).push_back(reset(i));
    expected.push_back("evt-" + std::to_string(i));
  }
  std::ranges::reverse(odds);
  apply(evens);
  const store::Report report = apply(odds);
  EXPECT_EQ(report.verdicts[Verdict::kParked], 1) << "the last one is the newest of all";
  EXPECT_EQ(report.verdicts[Verdict::kStale], 99);
  EXPECT_EQ(event_ids(), expected);
}

TEST_P(StoreContract, ALateEventLeavesTheHistoriesOfOtherLimitsAlone) {
  apply({reset(2), reset(3, kOther), reset(6), reset(7, kOther)});
  apply({reset(4), reset(5, kOther), reset(1), reset(8, kOther)});
  EXPECT_THAT(event_ids("limit-1"), ElementsAre("evt-1", "evt-2", "evt-4", "evt-6"));
  EXPECT_THAT(event_ids("limit-2"), ElementsAre("evt-3", "evt-5", "evt-7", "evt-8"));
}

TEST_P(StoreContract, TheHistoriesOfTwoAggregatesComeOneAfterTheOther) {
  apply({created(2), created(1, kForeign), reset(4), reset(5, kForeign)});
  std::vector<std::string> aggregates;
  for (const store::HistoryRow& row : history()) aggregates.push_back(row.aggregate_id);
  EXPECT_THAT(aggregates, ElementsAre("user-0", "user-0", "user-1", "user-1"));
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-5", "evt-2", "evt-4"));
}

TEST_P(StoreContract, AnUnknownLimitHasNoHistory) {
  apply({created(2)});
  EXPECT_THAT(history("limit-unknown"), IsEmpty());
}

/// A store that keeps no history, beside one that does.
class WithoutHistory : public StoreContract {
 protected:
  WithoutHistory() {
    without_history_ = GetParam().make(false);
    bare_ = without_history_->writer();
    bare_reader_ = without_history_->reader();
  }
  store::Report apply_to_both(const Batch& batch) {
    apply(batch);
    Batch without_fields = batch;
    for (limits::Change& change : without_fields.changes) change.fields = {};
    return tests::apply(*bare_, without_fields);
  }

  std::unique_ptr<Backend> without_history_;
  std::unique_ptr<store::Store> bare_;
  std::unique_ptr<store::Reader> bare_reader_;
};

TEST_P(WithoutHistory, TheStoreSaysSo) {
  EXPECT_FALSE(bare_->keeps_history());
  EXPECT_TRUE(store_->keeps_history());
}

TEST_P(WithoutHistory, TheStateIsTheSame) {
  Batch batch{progressed(6, "1", "1"), created(2), progressed(4, "0", "1"),     reset(8, kOther), created(1, kForeign),
              reset(3, kForeign),      created(2), under_id(reset(6), "evt-7"), reset(5, kOther), created(9, kForeign)};
  batch.dead_letters = {dead_letter("{")};
  apply_to_both(batch);
  for (const std::string_view section : {"limit", "parked", "dead"}) {
    EXPECT_EQ(digest_lines_in(*bare_reader_, section), digest_lines_in(*reader_, section)) << section;
  }
  EXPECT_THAT(digest_lines_in(*bare_reader_, "history"), IsEmpty());
  EXPECT_THAT(bare_reader_->history("limit-1").value(), IsEmpty());
}

TEST_P(WithoutHistory, OnlyARepeatOfWhatSetAGroupIsKnownAsADuplicate) {
  apply_to_both({created(2), progressed(4, "0", "1"), progressed(6, "1", "1")});
  EXPECT_EQ(apply_to_both({created(2), progressed(4, "0", "1"), progressed(6, "1", "1")}).verdicts,
            tally({{Verdict::kDuplicate, 2}, {Verdict::kStale, 1}}));
}

TEST_P(WithoutHistory, AConflictIsSeenWithWhatSetAGroup) {
  apply_to_both({created(2), progressed(4, "0", "1"), progressed(6, "1", "1")});
  EXPECT_EQ(apply_to_both({under_id(reset(2), "evt-x"), under_id(reset(4), "evt-x"), under_id(reset(6), "evt-x")})
                .sequence_conflicts,
            2);
}

TEST_P(WithoutHistory, AParkedLimitCountsNoEvents) {
  apply_to_both({reset(2), reset(3)});
  ASSERT_THAT(parked_in(*bare_reader_), SizeIs(1));
  EXPECT_EQ(parked_in(*bare_reader_)[0].events, 0);
  EXPECT_EQ(parked_in(*bare_reader_)[0].since_ms, kStart + 2000);
}

INSTANTIATE_TEST_SUITE_P(Backends, WithoutHistory, testing::ValuesIn(backend_kinds().begin(), backend_kinds().end()),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace tests
