#include "processor/pipeline.h"

#include <numeric>

#include <gmock/gmock.h>

#include "store/memory/memory.h"
#include "tests/processor/pipeline_fakes.h"

namespace processor {
namespace {

using std::chrono_literals::operator""s;
using store::Durability, store::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kRules = R"({
  "rules": [
    {"match": {"type": "USER_LIMIT_CREATED"}, "handler": "create_limit"},
    {"match": {"type": "USER_LIMIT_PROGRESS_CHANGED"}, "handler": "change_progress"},
    {"match": {"type": "LIMIT_USER_*"}, "handler": "ignore"}],
  "default": "dead_letter"})";

std::string created(int sequence) {
  return R"({"aggregateId":"u","createdAt":1,"eventId":"e)" + std::to_string(sequence) +
         R"(","payload":{"activeFrom":1,)" +
         R"("brandId":"b","currencyCode":"EUR","period":"DAY","status":"ACTIVE","type":"DEPOSIT","userId":"u",)" +
         R"("userLimitId":"l","value":"500"},"sequenceNumber":)" + std::to_string(sequence) +
         R"(,"type":"USER_LIMIT_CREATED"})";
}

std::string progress(int sequence, std::string_view amount) {
  return R"({"aggregateId":"u","createdAt":1,"eventId":"e)" + std::to_string(sequence) + R"(","payload":{"amount":")" +
         std::string(amount) + R"(","previousProgress":"0","userLimitId":"l"},"sequenceNumber":)" +
         std::to_string(sequence) + R"(,"type":"USER_LIMIT_PROGRESS_CHANGED"})";
}

const std::string kIgnored = R"({"type":"LIMIT_USER_CREATED"})";
const std::string kUnrouted =
    R"({"aggregateId":"u","createdAt":1,"eventId":"x","payload":{},"sequenceNumber":9,"type":"SOMETHING_NEW"})";

class PipelineTest : public testing::Test {
 protected:
  void start(PipelineOptions options = {}) {
    options.stream = "events";
    options.owner = "host:1";
    pipeline_.emplace(options, rules_, store_, clock_, log_);
    ASSERT_TRUE(pipeline_->initialize({.shard_id = "shard-0", .sequence = "TRIM_HORIZON"}));
    events_.clear();
  }
  kcl::Result<void> deliver(const Delivery& delivery) {
    return pipeline_->process_records(delivery.batch(), checkpointer_);
  }
  store::ShardRow shard() { return reader_->shards()->at(0); }

  FakeRules rules_{kRules};
  std::shared_ptr<store::memory::Database> database_ = store::memory::create();
  std::unique_ptr<store::Store> inner_ = store::memory::open(database_);
  std::unique_ptr<store::Reader> reader_ = store::memory::open_reader(database_);
  Events events_;
  ObservedStore store_{*inner_, events_};
  FakeCheckpointer checkpointer_{events_};
  FakeClock clock_;
  Log log_{{.directory = ""}};
  std::optional<Pipeline> pipeline_;
};

TEST_F(PipelineTest, AStoreWithoutHistoryGetsNoFields) {
  const auto bare = store::memory::open(store::memory::create({.history = false}));
  for (auto* inner : {inner_.get(), bare.get()}) {
    ObservedStore store(*inner, events_);
    Pipeline pipeline({.stream = "events"}, rules_, store, clock_, log_);
    ASSERT_TRUE(pipeline.initialize({.shard_id = "shard-0", .sequence = "TRIM_HORIZON"}));
    Delivery delivery;
    delivery.add(created(1));
    ASSERT_TRUE(pipeline.process_records(delivery.batch(), checkpointer_));
    EXPECT_EQ(store.last_fields.empty(), !inner->keeps_history());
  }
}

TEST_F(PipelineTest, TakesNewRulesBetweenBatches) {
  start();
  const std::string before = rules_.rules().version();
  ASSERT_TRUE(deliver(Delivery().add(created(1)).add(kUnrouted)));
  rules_.change_to(
      R"({"rules": [{"match": {"type": "USER_LIMIT_*"}, "handler": "change_progress"}], "default": "ignore"})");
  EXPECT_EQ(shard().rules_version, before);
  ASSERT_TRUE(deliver(Delivery().add(progress(2, "1")).add(kUnrouted)));
  const std::string after = rules_.rules().version();
  EXPECT_NE(after, before);
  EXPECT_EQ(shard().rules_version, after);
  EXPECT_EQ(shard().verdicts[Verdict::kDead], 1);
  EXPECT_EQ(shard().verdicts[Verdict::kIgnored], 1);
  const auto history = reader_->history("l").value();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].rules_version, before);
  EXPECT_EQ(history[1].rules_version, after);
}

TEST_F(PipelineTest, AQuietShardTakesNewRulesToo) {
  start();
  rules_.change_to(R"({"rules": [], "default": "ignore"})");
  clock_.pass(5s);
  ASSERT_TRUE(deliver(Delivery()));
  EXPECT_EQ(shard().rules_version, rules_.rules().version());
}

TEST_F(PipelineTest, TheShardsRowSaysWhatIsWrongWithTheRules) {
  start();
  rules_.break_with("rules.json: /default: required");
  ASSERT_TRUE(deliver(Delivery().add(created(1))));
  EXPECT_EQ(shard().rules_problem, "rules.json: /default: required");
  rules_.break_with("");
  ASSERT_TRUE(deliver(Delivery().add(progress(2, "1"))));
  EXPECT_EQ(shard().rules_problem, "");
}

TEST_F(PipelineTest, GivesEveryRecordOneVerdict) {
  start();
  ASSERT_TRUE(deliver(
      Delivery().add(created(1)).add(progress(2, "10.50")).add(progress(2, "10.50")).add(kIgnored).add(kUnrouted)));
  const auto row = shard();
  EXPECT_EQ(row.verdicts[Verdict::kApplied], 2);
  EXPECT_EQ(row.verdicts[Verdict::kDuplicate], 1);
  EXPECT_EQ(row.verdicts[Verdict::kIgnored], 1);
  EXPECT_EQ(row.verdicts[Verdict::kDead], 1);
  EXPECT_EQ(row.verdicts.total(), 5);
  EXPECT_EQ(reader_->get("l")->at(0).progress, "10.50");
}

TEST_F(PipelineTest, ShowsTheOwnerBeforeTheFirstRecord) {
  start();
  EXPECT_EQ(shard().owner, "host:1");
  EXPECT_EQ(shard().sequence, "");
}

TEST_F(PipelineTest, ABadRecordBecomesADeadLetterAndItsNeighboursAreApplied) {
  start();
  ASSERT_TRUE(deliver(
      Delivery().add(created(1)).add("{ not json").add(progress(3, "ten")).add("%%%", false).add(progress(4, "7"))));
  std::vector<limits::Reason> reasons;
  ASSERT_TRUE(reader_->each_dead_letter([&](const store::DeadLetterRow& row) {
    reasons.push_back(row.reason);
    return true;
  }));
  EXPECT_THAT(reasons, ElementsAre(limits::Reason::kBadJson, limits::Reason::kIllTyped, limits::Reason::kBadBase64));
  EXPECT_EQ(reader_->get("l")->at(0).progress, "7");
}

TEST_F(PipelineTest, KeepsADeadLettersRawBytesAndPlace) {
  start();
  ASSERT_TRUE(deliver(Delivery().add(kIgnored).add(std::string("\0{", 2))));
  const auto letter = *reader_->dead_letter(1);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->raw, std::string("\0{", 2));
  EXPECT_EQ(letter->shard, "shard-0");
  EXPECT_EQ(letter->kinesis_sequence, "101");
  EXPECT_EQ(letter->arrival_ms, 5);
}

TEST_F(PipelineTest, CommitsALargeBatchInChunksAndCheckpointsOnceAtItsEnd) {
  start({.checkpoint_interval = 0s});
  Delivery delivery;
  for (int i = 0; i < 2500; ++i) delivery.add(kIgnored);
  ASSERT_TRUE(deliver(delivery));
  EXPECT_THAT(events_, ElementsAre("commit 1000", "commit 1000", "durable 500", "checkpoint 2599"));
}

TEST_F(PipelineTest, CheckpointsOnlyWhenTheIntervalHasPassed) {
  start({.checkpoint_interval = 5s});
  ASSERT_TRUE(deliver(Delivery().add(created(1))));
  clock_.pass(5s);
  ASSERT_TRUE(deliver(Delivery().add(kIgnored).add(kIgnored)));
  EXPECT_THAT(events_, ElementsAre("commit 1", "durable 2", "checkpoint 101"));
  EXPECT_EQ(shard().checkpoint_sequence, "101");
}

TEST_F(PipelineTest, CheckpointsTheLastRecordsOfAShardThatFellQuiet) {
  start({.checkpoint_interval = 5s});
  ASSERT_TRUE(deliver(Delivery().add(created(1))));
  ASSERT_TRUE(deliver(Delivery()));
  ASSERT_TRUE(deliver(Delivery()));
  EXPECT_THAT(events_, ElementsAre("commit 1", "durable 0", "checkpoint 100"));
}

TEST_F(PipelineTest, KeepsTheLagOfAQuietShardFresh) {
  start();
  EXPECT_EQ(shard().millis_behind_latest, std::nullopt);
  ASSERT_TRUE(deliver(Delivery()));
  EXPECT_THAT(events_, ElementsAre("commit 0")) << "it is told as soon as it is known";
  EXPECT_EQ(shard().millis_behind_latest, 42);
  ASSERT_TRUE(deliver(Delivery()));
  EXPECT_THAT(events_, ElementsAre("commit 0"));
  clock_.pass(Pipeline::kRowRefresh);
  ASSERT_TRUE(deliver(Delivery()));
  EXPECT_THAT(events_, ElementsAre("commit 0", "commit 0"));
}

TEST_F(PipelineTest, SyncsEveryBatchIfToldSo) {
  start({.checkpoint_interval = 5s, .durable_batches = true});
  ASSERT_TRUE(deliver(Delivery().add(created(1))));
  EXPECT_THAT(events_, ElementsAre("durable 1"));
}

TEST_F(PipelineTest, LeavesAPostponedCheckpointToTheNextOne) {
  start({.checkpoint_interval = 5s});
  ASSERT_TRUE(deliver(Delivery().add(created(1))));
  checkpointer_.answer = kcl::CheckpointOutcome::kPostponed;
  ASSERT_TRUE(deliver(Delivery()));
  ASSERT_TRUE(deliver(Delivery()));
  clock_.pass(5s);
  checkpointer_.answer = kcl::CheckpointOutcome::kAccepted;
  ASSERT_TRUE(deliver(Delivery()));
  EXPECT_THAT(events_, ElementsAre("commit 1", "durable 0", "checkpoint 100", "durable 0", "checkpoint 100"));
  EXPECT_EQ(shard().checkpoints_refused, 1);
}

TEST_F(PipelineTest, GoesOnWithoutItsLease) {
  start({.checkpoint_interval = 0s});
  checkpointer_.answer = kcl::CheckpointOutcome::kLeaseLost;
  EXPECT_TRUE(deliver(Delivery().add(created(1))));
}

TEST_F(PipelineTest, EndsOnACheckpointRefusedForGood) {
  start({.checkpoint_interval = 0s});
  checkpointer_.answer = std::unexpected(kcl::Error{"InvalidStateException"});
  const auto done = deliver(Delivery().add(created(1)));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "InvalidStateException");
}

TEST_F(PipelineTest, EndsWithoutACheckpointWhenTheStoreFails) {
  start({.checkpoint_interval = 0s});
  store_.fail_next({{store::Errc::kFatal, "var/limits.db: disk full"}});
  const auto done = deliver(Delivery().add(created(1)));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "var/limits.db: disk full");
  EXPECT_THAT(events_, ElementsAre("fail"));
}

TEST_F(PipelineTest, TriesABusyStoreAgainAndThenGivesUp) {
  start({.checkpoint_interval = 5s});
  const store::Error busy{store::Errc::kBusy, "locked by another writer."};
  testing::internal::CaptureStderr();
  store_.fail_next({busy, busy});
  EXPECT_TRUE(deliver(Delivery().add(created(1))));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("locked by another writer. Trying again."));
  EXPECT_EQ(reader_->get("l")->size(), 1);

  store_.fail_next({busy, busy, busy});
  EXPECT_FALSE(deliver(Delivery().add(progress(2, "1"))));
}

TEST_F(PipelineTest, SaysWithTheNextBatchHowLongOneTook) {
  start({.checkpoint_interval = 5s});
  testing::internal::CaptureStderr();
  store_.fail_next({{store::Errc::kBusy, "locked by another writer."}});
  const auto begin = clock_.now();
  ASSERT_TRUE(deliver(Delivery().add(created(1))));
  const auto taken = clock_.now() - begin;
  testing::internal::GetCapturedStderr();
  EXPECT_GT(taken, 0s);
  EXPECT_EQ(reader_->shards()->front().batch_times, store::BatchTimes());

  for (int commit = 0; commit < 2; ++commit) {
    ASSERT_TRUE(pipeline_->shutdown_requested(checkpointer_));
    const store::BatchTimes times = reader_->shards()->front().batch_times;
    EXPECT_EQ(times.sum, taken);
    EXPECT_EQ(std::accumulate(times.counts.begin(), times.counts.end(), 0), 1) << "it is said once";
  }
}

TEST_F(PipelineTest, MakesTheEndOfAShardDurableForTheSessionToCheckpoint) {
  start();
  ASSERT_TRUE(deliver(Delivery().add(created(1))));
  EXPECT_EQ(reader_->shards()->front().ended_at, std::nullopt);
  ASSERT_TRUE(pipeline_->shard_ended());
  EXPECT_THAT(events_, ElementsAre("commit 1", "durable 0"));
  EXPECT_EQ(reader_->shards()->front().ended_at, reader_->shards()->front().updated_at);
}

TEST_F(PipelineTest, CheckpointsEverythingBeforeTheDaemonStops) {
  start();
  ASSERT_TRUE(deliver(Delivery().add(created(1))));
  ASSERT_TRUE(pipeline_->shutdown_requested(checkpointer_));
  EXPECT_THAT(events_, ElementsAre("commit 1", "durable 0", "checkpoint all"));
}

TEST_F(PipelineTest, WritesNothingWhenTheLeaseIsLost) {
  start();
  ASSERT_TRUE(pipeline_->lease_lost());
  EXPECT_THAT(events_, ElementsAre());
}

TEST_F(PipelineTest, TellsTheOperatorOfDeadLettersAndHowToLook) {
  start();
  testing::internal::CaptureStderr();
  ASSERT_TRUE(deliver(Delivery().add(created(1)).add(kUnrouted)));
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_THAT(printed, HasSubstr("1 of 2 records"));
  EXPECT_THAT(printed, HasSubstr("SOMETHING_NEW"));
  EXPECT_THAT(printed, HasSubstr("limits dead list"));
}

TEST_F(PipelineTest, EndsInTheSameStateHoweverOftenABatchIsDelivered) {
  start();
  Delivery batch;
  batch.add(progress(5, "3")).add(created(1)).add("{").add(progress(4, "2"));
  ASSERT_TRUE(deliver(batch));
  const std::string once = *reader_->digest();
  ASSERT_TRUE(deliver(batch));
  EXPECT_EQ(*reader_->digest(), once);
}

}  // namespace
}  // namespace processor
