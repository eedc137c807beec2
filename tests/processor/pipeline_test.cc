#include "processor/pipeline.h"

#include <deque>

#include <gmock/gmock.h>

#include "store/memory/memory.h"

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

/// A batch of the daemon's. Record N has sequence number 100 + N; the bytes stand in padded memory, as in a line.
class Delivery {
 public:
  Delivery() = default;
  Delivery(const Delivery&) = delete;  // its records are views into it
  Delivery& operator=(const Delivery&) = delete;

  Delivery& add(std::string data, bool is_base64 = true) {
    const std::size_t size = data.size();
    data.resize(size + kcl::Record::kPadding);
    const std::string& bytes = bytes_.emplace_back(std::move(data));
    const std::string& sequence = sequences_.emplace_back(std::to_string(100 + records_.size()));
    records_.push_back({.data = std::string_view(bytes).substr(0, size),
                        .is_base64 = is_base64,
                        .partition_key = "u",
                        .position = {sequence, 0},
                        .arrival_ms = 5});
    return *this;
  }
  kcl::Batch batch() const { return {records_, 42}; }

 private:
  std::deque<std::string> bytes_;
  std::deque<std::string> sequences_;
  std::vector<kcl::Record> records_;
};

class FakeClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() override { return now_; }
  void sleep_for(std::chrono::milliseconds pause) override { now_ += pause; }
  limits::TimeMs wall() override { return {1'700'000'000'000}; }
  void pass(std::chrono::seconds time) { now_ += time; }

 private:
  std::chrono::steady_clock::time_point now_{};
};

/// Everything that happened, in order: "commit 1000", "durable 3", "checkpoint 102".
using Events = std::vector<std::string>;

/// A memory store that can fail, and that says what it was given.
class ObservedStore final : public store::Store {
 public:
  ObservedStore(store::Store& inner, Events& events) : inner_(inner), events_(events) {}
  void fail_next(std::vector<store::Error> errors) { errors_.assign(errors.begin(), errors.end()); }
  [[nodiscard]] bool keeps_history() const override { return inner_.keeps_history(); }

  std::string last_fields;  ///< of the last change

 private:
  store::Result<store::Report> do_apply(const store::Batch& batch, Durability durability) override {
    if (!errors_.empty()) {
      auto error = errors_.front();
      errors_.pop_front();
      events_.push_back("fail");
      return std::unexpected(error);
    }
    const auto records = batch.changes.size() + batch.dead_letters.size() + static_cast<std::size_t>(batch.ignored);
    if (!batch.changes.empty()) last_fields = batch.changes.back().fields;
    events_.push_back((durability == Durability::kDurable ? "durable " : "commit ") + std::to_string(records));
    return inner_.apply(batch, durability);
  }

  store::Result<store::ReplayReport> do_replay(const store::Replay& replay) override { return inner_.replay(replay); }
  store::Result<std::int64_t> do_discard(std::span<const std::int64_t> ids, limits::TimeMs now) override {
    return inner_.discard(ids, now);
  }
  store::Result<std::int64_t> do_prune(std::int64_t before_change, const store::Progress& progress) override {
    return inner_.prune(before_change, progress);
  }

  store::Store& inner_;
  Events& events_;
  std::deque<store::Error> errors_;
};

class FakeCheckpointer final : public kcl::Checkpointer {
 public:
  explicit FakeCheckpointer(Events& events) : events_(events) {}
  kcl::Result<kcl::CheckpointOutcome> checkpoint(const kcl::Position& position) override {
    events_.push_back("checkpoint " + std::string(position.sequence));
    return answer;
  }
  kcl::Result<kcl::CheckpointOutcome> checkpoint_all(std::chrono::milliseconds) override {
    events_.push_back("checkpoint all");
    return answer;
  }
  kcl::Result<kcl::CheckpointOutcome> answer = kcl::CheckpointOutcome::kAccepted;

 private:
  Events& events_;
};

/// Rules that change when they are asked to.
class FakeRules final : public RulesSource {
 public:
  explicit FakeRules(std::string_view text) : rules_(read(text)) {}
  void change_to(std::string_view text) { next_ = read(text); }
  void break_with(std::string problem) { next_problem_ = std::move(problem); }

  [[nodiscard]] const limits::Rules& rules() const override { return rules_; }
  [[nodiscard]] const std::string& problem() const override { return problem_; }
  void refresh() override {
    problem_ = next_problem_;
    if (next_) rules_ = std::move(*next_);
    next_.reset();
  }

 private:
  static limits::Rules read(std::string_view text) { return *limits::Rules::parse(text, "rules.json"); }

  limits::Rules rules_;
  std::optional<limits::Rules> next_;
  std::string problem_;
  std::string next_problem_;
};

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
