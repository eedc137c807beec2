#include "tests/contract/store_contract.h"

// The row of a shard: where its child is, and what became of its records.
namespace tests {
namespace {

using store::Durability;
using store::Verdict;
using testing::ElementsAre;
using testing::SizeIs;

TEST_P(StoreContract, AShardSaysWhereItIsAndWhoReadsIt) {
  Batch batch{created(2)};
  batch.shard = {.key = {.stream = "stream-x", .shard = "shard-x"},
                 .sequence = "4965",
                 .sub_sequence = 4,
                 .millis_behind_latest = 1234,
                 .now = {kStart + 5},
                 .owner = "host:77",
                 .rules_version = "rules-x",
                 .rules_problem = "rules.json: /default: required"};
  apply(batch);
  const store::ShardRow row = shard();
  EXPECT_EQ(row.stream, "stream-x");
  EXPECT_EQ(row.shard, "shard-x");
  EXPECT_EQ(row.owner, "host:77");
  EXPECT_EQ(row.sequence, "4965");
  EXPECT_EQ(row.sub_sequence, 4);
  EXPECT_EQ(row.checkpoint_sequence, "");
  EXPECT_EQ(row.checkpoint_sub_sequence, 0);
  EXPECT_EQ(row.checkpoint_at, 0);
  EXPECT_EQ(row.updated_at, kStart + 5);
  EXPECT_EQ(row.millis_behind_latest, 1234);
  EXPECT_EQ(row.rules_version, "rules-x");
  EXPECT_EQ(row.rules_problem, "rules.json: /default: required");
  EXPECT_EQ(row.verdicts, tally({{Verdict::kApplied, 1}}));
}

TEST_P(StoreContract, ANewOwnerReplacesTheOldOne) {
  Batch batch{created(2)};
  batch.shard.rules_problem = "rules.json: /default: required";
  apply(batch);
  batch.shard.owner = "host:2";
  batch.shard.rules_version = "rules-2";
  batch.shard.rules_problem = "";
  batch.shard.now = {kStart + 9};
  apply(batch);
  EXPECT_EQ(shard().owner, "host:2");
  EXPECT_EQ(shard().rules_version, "rules-2");
  EXPECT_EQ(shard().rules_problem, "");
  EXPECT_EQ(shard().updated_at, kStart + 9);
}

TEST_P(StoreContract, ABatchWithoutARecordKeepsThePosition) {
  Batch batch{created(2)};
  batch.shard.sequence = "4965";
  batch.shard.sub_sequence = 4;
  apply(batch);

  Batch tick;
  tick.shard.sequence = "";
  tick.shard.sub_sequence = 0;
  tick.shard.now = {kStart + 60'000};
  apply(tick);
  EXPECT_EQ(shard().sequence, "4965");
  EXPECT_EQ(shard().sub_sequence, 4);
  EXPECT_EQ(shard().updated_at, kStart + 60'000);
  EXPECT_EQ(shard().verdicts.total(), 1);
}

TEST_P(StoreContract, AShardWithoutAnyRecordYetHasARowWithoutPosition) {
  Batch tick;
  tick.shard.sequence = "";
  apply(tick);
  EXPECT_EQ(shard().sequence, "");
  EXPECT_EQ(shard().verdicts.total(), 0);
}

TEST_P(StoreContract, AReplayTakesThePositionBack) {
  Batch batch{created(2)};
  batch.shard.sequence = "4966";
  batch.shard.sub_sequence = 4;
  apply(batch);
  batch.shard.sequence = "4965";
  batch.shard.sub_sequence = 0;
  apply(batch);
  EXPECT_EQ(shard().sequence, "4965");
  EXPECT_EQ(shard().sub_sequence, 0);
}

TEST_P(StoreContract, TheLagIsThatOfTheRowsTimeOrUnknown) {
  Batch batch;
  batch.shard.millis_behind_latest = std::nullopt;
  apply(batch);
  EXPECT_EQ(shard().millis_behind_latest, std::nullopt);
  batch.shard.millis_behind_latest = 500;
  apply(batch);
  batch.shard.millis_behind_latest = std::nullopt;
  apply(batch);
  EXPECT_EQ(shard().millis_behind_latest, std::nullopt) << "a child that starts has not heard yet";
  batch.shard.millis_behind_latest = 0;
  apply(batch);
  EXPECT_EQ(shard().millis_behind_latest, 0);
}

TEST_P(StoreContract, ACheckpointIsRecordedAtThePositionOfItsBatch) {
  Batch batch{created(2)};
  batch.shard.sequence = "4965";
  batch.shard.sub_sequence = 4;
  batch.shard.checkpoint_follows = true;
  batch.shard.now = {kStart + 5};
  apply(batch, Durability::kDurable);
  EXPECT_EQ(shard().checkpoint_sequence, "4965");
  EXPECT_EQ(shard().checkpoint_sub_sequence, 4);
  EXPECT_EQ(shard().checkpoint_at, kStart + 5);

  batch.shard.sequence = "4966";
  batch.shard.sub_sequence = 0;
  batch.shard.checkpoint_follows = false;
  batch.shard.now = {kStart + 6};
  apply(batch);
  EXPECT_EQ(shard().sequence, "4966");
  EXPECT_EQ(shard().checkpoint_sequence, "4965") << "no checkpoint follows this batch";
  EXPECT_EQ(shard().checkpoint_sub_sequence, 4);
  EXPECT_EQ(shard().checkpoint_at, kStart + 5);

  Batch tick;
  tick.shard.sequence = "";
  tick.shard.checkpoint_follows = true;
  tick.shard.now = {kStart + 7};
  apply(tick, Durability::kDurable);
  EXPECT_EQ(shard().checkpoint_sequence, "4966") << "what the row had is what the checkpoint covers";
  EXPECT_EQ(shard().checkpoint_sub_sequence, 0);
  EXPECT_EQ(shard().checkpoint_at, kStart + 7);
}

TEST_P(StoreContract, AShardThatWasReadToItsEndSaysSoUntilItIsReadAgain) {
  Batch last{created(2)};
  apply(last);
  EXPECT_EQ(shard().ended_at, std::nullopt);
  last.shard.ended = true;
  last.shard.now = {kStart + 5};
  apply(last);
  EXPECT_EQ(shard().ended_at, kStart + 5);
  last.shard.ended = false;
  apply(last);
  EXPECT_EQ(shard().ended_at, std::nullopt);
}

TEST_P(StoreContract, HowLongBatchesTookIsCountedByItsClass) {
  using std::chrono::microseconds;
  Batch batch{created(2)};
  apply(batch);
  EXPECT_EQ(shard().batch_times, store::BatchTimes()) << "nobody said how long one took";
  store::BatchTimes expected;
  for (std::size_t i = 0; i < store::BatchTimes::kBounds.size(); ++i) {
    const microseconds bound = store::BatchTimes::kBounds.at(i);
    for (const microseconds time : {bound, bound + microseconds(1)}) {
      batch.shard.batch_time = time;
      apply(batch);
      expected.sum += time;
    }
    ++expected.counts.at(i);
    ++expected.counts.at(i + 1);
  }
  EXPECT_EQ(shard().batch_times, expected);
  batch.shard.key.shard = "shardId-9";
  batch.shard.batch_time = microseconds(0);
  apply(batch);
  EXPECT_EQ(reader_->shards()->back().batch_times, (store::BatchTimes{.counts = {1}}))
      << "also in the row that it makes";
}

TEST_P(StoreContract, RefusedCheckpointsAreCounted) {
  Batch batch{created(2)};
  for (const bool refused : {true, false, true}) {
    batch.shard.checkpoint_refused = refused;
    apply(batch);
  }
  EXPECT_EQ(shard().checkpoints_refused, 2);
}

TEST_P(StoreContract, DeadRecordsAreCountedByReasonRepeatsIncluded) {
  Batch batch{created(2)};
  batch.dead_letters = {dead_letter("{"), dead_letter("["), dead_letter("1", limits::Reason::kUnrouted)};
  apply(batch);
  batch.shard.key.shard = "shardId-9";
  batch.dead_letters = {dead_letter("{")};
  apply(batch);
  const std::vector<store::ShardRow> rows = reader_->shards().value();
  using Counts = std::map<limits::Reason, std::int64_t>;
  EXPECT_EQ(rows.at(0).dead_by_reason, (Counts{{limits::Reason::kBadJson, 2}, {limits::Reason::kUnrouted, 1}}));
  EXPECT_EQ(rows.at(1).dead_by_reason, (Counts{{limits::Reason::kBadJson, 1}}));
}

TEST_P(StoreContract, CountsAddUpOverBatches) {
  Batch first{created(2), progressed(4, "0", "1"), reset(3, {.aggregate_id = "user-1", .user_limit_id = "parked"}),
              reset(1, {.aggregate_id = "user-2", .user_limit_id = "parked"})};
  first.ignored = 2;
  first.dead_letters = {dead_letter("{")};
  Batch second{progressed(6, "7", "1"), under_id(progressed(6, "8", "1"), "evt-x"), progressed(5, "1", "1"),
               created(2)};
  second.ignored = 5;
  second.dead_letters = {dead_letter("{"), dead_letter("[")};

  const store::Report one = apply(first);
  EXPECT_EQ(one.verdicts,
            tally({{Verdict::kApplied, 2}, {Verdict::kParked, 2}, {Verdict::kIgnored, 2}, {Verdict::kDead, 1}}));
  EXPECT_EQ(one.verdicts.total(), 7);
  EXPECT_EQ(one.foreign_aggregates, 1);

  const store::Report two = apply(second);
  EXPECT_EQ(two.verdicts, tally({{Verdict::kApplied, 2},
                                 {Verdict::kStale, 1},
                                 {Verdict::kDuplicate, 1},
                                 {Verdict::kIgnored, 5},
                                 {Verdict::kDead, 2}}));
  EXPECT_EQ(two.verdicts.total(), 11);
  EXPECT_EQ(two.discrepancies_seen, 1);
  EXPECT_EQ(two.sequence_conflicts, 1);

  store::Tally sum = one.verdicts;
  sum += two.verdicts;
  EXPECT_EQ(shard().verdicts, sum);
  EXPECT_EQ(shard().discrepancies_seen, 1);
  EXPECT_EQ(shard().sequence_conflicts, 1);
  EXPECT_EQ(shard().foreign_aggregates, 1);
}

TEST_P(StoreContract, EveryShardOfEveryStreamHasARowOfItsOwn) {
  Batch batch{created(2)};
  const std::vector<store::ShardKey> keys = {
      {"stream-b", "shard-1"}, {"stream-a", "shard-2"}, {"stream-a", "shard-1"}, {"stream-a", "shard-1"}};
  for (const store::ShardKey& key : keys) {
    batch.shard.key = key;
    apply(batch);
  }
  const std::vector<store::ShardRow> found = reader_->shards().value();
  std::vector<std::string> rows;
  for (const store::ShardRow& row : found) {
    rows.push_back(row.stream + "/" + row.shard + " " + std::to_string(row.verdicts.total()));
  }
  EXPECT_THAT(rows, ElementsAre("stream-a/shard-1 2", "stream-a/shard-2 1", "stream-b/shard-1 1"));
}

}  // namespace
}  // namespace tests
