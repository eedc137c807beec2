#include "tests/contract/store_contract.h"

// What operators do with dead letters.
namespace tests {
namespace {

using limits::Reason;
using store::LetterState;
using store::Verdict;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr limits::TimeMs kNow{kStart + 999'000};
const store::ShardKey kShard{.stream = "stream-x", .shard = "shard-x"};

store::Retry applying(std::int64_t id, limits::Change change) {
  return {.id = id, .outcome = std::move(change)};
}
store::Retry ignoring(std::int64_t id) {
  return {.id = id, .outcome = std::nullopt};
}
store::Retry failing(std::int64_t id, std::string what) {
  return {.id = id, .outcome = std::unexpected(limits::Fault{Reason::kIllTyped, std::move(what)})};
}

class ReplayContract : public StoreContract {
 protected:
  /// Keeps a letter per text and returns their ids.
  std::vector<std::int64_t> keep_letters(const std::vector<std::string>& raws) {
    Batch batch;
    for (const std::string& raw : raws) batch.dead_letters.push_back(dead_letter(raw));
    apply(batch);
    std::vector<std::int64_t> ids;
    for (const store::DeadLetterRow& row : dead_letters_in(*reader_)) ids.push_back(row.id);
    return ids;
  }
  store::ReplayReport replay(const std::vector<store::Retry>& retries) { return replay_by(*store_, retries); }
  static store::ReplayReport replay_by(store::Store& store, const std::vector<store::Retry>& retries) {
    return store.replay({.shard = kShard, .rules_version = "rules-2", .now = kNow, .retries = retries}).value();
  }
  std::int64_t discard(const std::vector<std::int64_t>& ids) { return store_->discard(ids, kNow).value(); }
  store::DeadLetterRow letter(std::int64_t id) { return reader_->dead_letter(id).value().value(); }
};

TEST_P(ReplayContract, WhatALetterDoesIsAppliedAndTheLetterIsReplayed) {
  const auto ids = keep_letters({"a"});
  limits::Change change = created(2);
  change.origin = {.sequence = "4711", .sub_sequence = 3, .arrival = {kStart + 5}};
  const store::ReplayReport report = replay({applying(ids[0], change)});
  EXPECT_EQ(report.applied.verdicts, tally({{Verdict::kApplied, 1}}));
  EXPECT_EQ(report.not_open, 0);

  EXPECT_EQ(limit().value, "500");
  EXPECT_EQ(letter(ids[0]).state, LetterState::kReplayed);
  EXPECT_EQ(letter(ids[0]).attempts, 1);
  EXPECT_EQ(letter(ids[0]).handled_at, kNow.value);
  EXPECT_EQ(letter(ids[0]).retry_what, std::nullopt);
  ASSERT_THAT(history(), SizeIs(1));
  const store::HistoryRow row = history()[0];
  EXPECT_EQ(row.stream, "stream-x");
  EXPECT_EQ(row.shard, "shard-x");
  EXPECT_EQ(row.kinesis_sequence, "4711");
  EXPECT_EQ(row.sub_sequence, 3);
  EXPECT_EQ(row.arrival_ms, kStart + 5);
  EXPECT_EQ(row.rules_version, "rules-2");
}

TEST_P(ReplayContract, ALetterThatFailsAgainIsKeptWithItsAttemptCounted) {
  const auto ids = keep_letters({"a"});
  EXPECT_EQ(replay({failing(ids[0], "once more")}).applied.verdicts, tally({{Verdict::kDead, 1}}));
  EXPECT_EQ(replay({failing(ids[0], "and again")}).applied.verdicts, tally({{Verdict::kDead, 1}}));
  const store::DeadLetterRow row = letter(ids[0]);
  EXPECT_EQ(row.state, LetterState::kOpen);
  EXPECT_EQ(row.attempts, 2);
  EXPECT_EQ(row.handled_at, kNow.value);
  EXPECT_EQ(row.retry_what, "and again");
  EXPECT_EQ(row.reason, Reason::kBadJson) << "the reason is part of what it is";
  EXPECT_EQ(row.what, dead_letter("a").fault.what);
  EXPECT_EQ(row.seen, 1);

  EXPECT_EQ(replay({applying(ids[0], created(2))}).applied.verdicts, tally({{Verdict::kApplied, 1}}));
  EXPECT_EQ(letter(ids[0]).attempts, 3);
  EXPECT_EQ(letter(ids[0]).retry_what, std::nullopt);
}

TEST_P(ReplayContract, ALetterThatTheRulesIgnoreNowIsReplayed) {
  const auto ids = keep_letters({"a"});
  EXPECT_EQ(replay({ignoring(ids[0])}).applied.verdicts, tally({{Verdict::kIgnored, 1}}));
  EXPECT_EQ(letter(ids[0]).state, LetterState::kReplayed);
  EXPECT_THAT(limits_in(*reader_), IsEmpty());
}

TEST_P(ReplayContract, EachLetterGetsItsVerdict) {
  const auto ids = keep_letters({"a", "b", "c", "d", "e"});
  apply({created(2)});
  const limits::LimitKey orphan{.aggregate_id = "user-1", .user_limit_id = "orphan"};
  const store::ReplayReport report =
      replay({applying(ids[0], progressed(3, "0", "5")), applying(ids[1], created(2)), applying(ids[2], reset(1)),
              applying(ids[3], reset(9, orphan)), failing(ids[4], "no")});
  EXPECT_EQ(report.applied.verdicts, tally({{Verdict::kApplied, 1},
                                            {Verdict::kDuplicate, 1},
                                            {Verdict::kStale, 1},
                                            {Verdict::kParked, 1},
                                            {Verdict::kDead, 1}}));
  EXPECT_THAT(event_ids(), ElementsAre("evt-1", "evt-2", "evt-3"));
}

TEST_P(ReplayContract, AReplayedDefinitionMakesAParkedLimitVisible) {
  const auto ids = keep_letters({"a"});
  apply({progressed(3, "0", "5")});
  ASSERT_THAT(parked_in(*reader_), SizeIs(1));
  replay({applying(ids[0], created(2))});
  EXPECT_THAT(parked_in(*reader_), IsEmpty());
  EXPECT_EQ(limit().progress, "5");
}

TEST_P(ReplayContract, WhatIsNotOpenIsLeftAlone) {
  const auto ids = keep_letters({"a", "b"});
  replay({ignoring(ids[0])});
  discard({ids[1]});
  const std::vector<std::string> before = listings_in(*reader_);
  const std::vector<store::Retry> retries = {applying(ids[0], created(2)), failing(ids[1], "no"),
                                             applying(ids[1] + 1, created(3))};
  const store::ReplayReport report = replay(retries);
  EXPECT_EQ(report.not_open, 3);
  EXPECT_EQ(report.applied, store::Report());
  EXPECT_EQ(discard({ids[0], ids[1], ids[1] + 1}), 0);
  EXPECT_EQ(listings_in(*reader_), before);
}

TEST_P(ReplayContract, OfTwoOperatorsTheFirstSettlesALetter) {
  const auto ids = keep_letters({"a"});
  const auto other = backend_->writer();
  EXPECT_EQ(replay({applying(ids[0], created(2))}).not_open, 0);
  EXPECT_EQ(replay_by(*other, {applying(ids[0], created(2))}).not_open, 1);
  EXPECT_EQ(other->discard(ids, kNow).value(), 0);
  EXPECT_EQ(letter(ids[0]).state, LetterState::kReplayed);
  EXPECT_EQ(letter(ids[0]).attempts, 1);
  // The child's writer and the operator's hold what they remember of limits apart.
  apply({progressed(3, "0", "5")});
  EXPECT_EQ(limit().progress, "5");
}

TEST_P(ReplayContract, DiscardingSettlesTheOpenOnes) {
  const auto ids = keep_letters({"a", "b", "c"});
  EXPECT_EQ(discard({ids[0], ids[2]}), 2);
  EXPECT_EQ(discard(ids), 1);
  for (const std::int64_t id : ids) {
    EXPECT_EQ(letter(id).state, LetterState::kDiscarded);
    EXPECT_EQ(letter(id).attempts, 0);
    EXPECT_EQ(letter(id).handled_at, kNow.value);
  }
}

TEST_P(ReplayContract, ARedeliveryReopensNothing) {
  const auto ids = keep_letters({"a", "b", "c"});
  replay({ignoring(ids[0]), failing(ids[2], "no")});
  discard({ids[1]});
  keep_letters({"a", "b", "c"});
  const std::vector<store::DeadLetterRow> rows = dead_letters_in(*reader_);
  ASSERT_THAT(rows, SizeIs(3)) << "and adds no row";
  EXPECT_EQ(rows[0].state, LetterState::kReplayed);
  EXPECT_EQ(rows[1].state, LetterState::kDiscarded);
  EXPECT_EQ(rows[2].state, LetterState::kOpen);
  EXPECT_EQ(rows[2].attempts, 1);
  for (const store::DeadLetterRow& row : rows) EXPECT_EQ(row.seen, 2);
}

TEST_P(ReplayContract, WhatWaitsIsWhatIsOpen) {
  const auto ids = keep_letters({"a", "b", "c", "d"});
  replay({ignoring(ids[0]), failing(ids[1], "no")});
  discard({ids[2]});
  EXPECT_EQ(reader_->waiting().value().open_dead_letters, 2);
}

TEST_P(ReplayContract, WhatOperatorsDoToALetterIsOutsideEquality) {
  const auto ids = keep_letters({"a", "b", "c"});
  const std::string digest = reader_->digest().value();
  replay({ignoring(ids[0]), failing(ids[1], "no")});
  discard({ids[2]});
  EXPECT_EQ(reader_->digest().value(), digest);
}

TEST_P(ReplayContract, WhatAReplayAppliesIsInsideEquality) {
  const auto ids = keep_letters({"a"});
  replay({applying(ids[0], created(2))});
  const auto delivered = GetParam().make(true);
  Batch batch({created(2)});
  batch.dead_letters = {dead_letter("a")};
  tests::apply(*delivered->writer(), batch);
  EXPECT_EQ(digest_lines_in(*reader_), digest_lines_in(*delivered->reader()));
}

TEST_P(ReplayContract, TheShardsRowCountsOnlyWhatWasReadFromIt) {
  const auto ids = keep_letters({"a"});
  const std::vector<store::ShardRow> before = reader_->shards().value();
  replay({applying(ids[0], created(2))});
  const std::vector<store::ShardRow> after = reader_->shards().value();
  ASSERT_THAT(after, SizeIs(before.size()));
  EXPECT_EQ(after[0].verdicts, before[0].verdicts);
  EXPECT_EQ(after[0].owner, before[0].owner);
}

TEST_P(ReplayContract, ABrokenReplayIsRefusedWhole) {
  const auto ids = keep_letters({"a", "b"});
  limits::Change nameless = created(3);
  nameless.stamp.event_id = "";
  const std::vector<store::Retry> retries = {applying(ids[0], created(2)), applying(ids[1], nameless)};
  const auto done = store_->replay({.shard = kShard, .rules_version = "rules-2", .now = kNow, .retries = retries});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, store::Errc::kFatal);
  EXPECT_THAT(limits_in(*reader_), IsEmpty());
  EXPECT_EQ(letter(ids[0]).state, LetterState::kOpen);
  EXPECT_FALSE(
      store_->replay({.shard = {.stream = "s", .shard = ""}, .rules_version = "", .now = kNow, .retries = {}}));
}

INSTANTIATE_TEST_SUITE_P(Backends, ReplayContract, testing::ValuesIn(backend_kinds().begin(), backend_kinds().end()),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace tests
