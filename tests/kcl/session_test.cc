#include "kcl/session.h"

#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kcl/fakes.h"

namespace kcl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kInitialize =
    R"({"action":"initialize","shardId":"shardId-1","sequenceNumber":"12","subSequenceNumber":3})";
const std::string kThrottled =
    R"({"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null,"error":"ThrottlingException"})";
const std::string kDone = R"({"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null,"error":null})";
const std::string kShutdownRequested = R"({"action":"shutdownRequested"})";
const std::string kShardEnded = R"({"action":"shardEnded"})";

std::string batch_of(std::string_view partition_key) {
  return R"({"action":"processRecords","records":[{"data":"e30=","sequenceNumber":"7","partitionKey":")" +
         std::string(partition_key) + R"("}],"millisBehindLatest":1500})";
}

/// Writes down what it was called with, and does what a test gives it.
class RecordingProcessor final : public RecordProcessor {
 public:
  Result<void> initialize(const Initialize& start) override {
    calls.push_back("initialize " + std::string(start.shard_id) + " " + std::string(start.sequence) + "/" +
                    std::to_string(start.sub_sequence));
    return {};
  }
  Result<void> process_records(const Batch& batch, Checkpointer& checkpointer) override {
    calls.push_back("process_records " + std::to_string(batch.records.size()) + " behind " +
                    (batch.millis_behind_latest ? std::to_string(*batch.millis_behind_latest) : "?"));
    return on_records ? on_records(batch, checkpointer) : Result<void>{};
  }
  Result<void> lease_lost() override {
    calls.emplace_back("lease_lost");
    return {};
  }
  Result<void> shard_ended() override {
    calls.emplace_back("shard_ended");
    return on_shard_ended ? on_shard_ended() : Result<void>{};
  }
  Result<void> shutdown_requested(Checkpointer& checkpointer) override {
    calls.emplace_back("shutdown_requested");
    return on_shutdown ? on_shutdown(checkpointer) : Result<void>{};
  }

  std::vector<std::string> calls;
  std::function<Result<void>(const Batch&, Checkpointer&)> on_records;
  std::function<Result<void>()> on_shard_ended;
  std::function<Result<void>(Checkpointer&)> on_shutdown;
};

class Session : public testing::Test {
 protected:
  Result<void> run(const std::vector<std::string>& lines) {
    ScriptedSource source(lines);
    return run_session(processor, source, sink, clock, [this](std::string_view what) { warnings.emplace_back(what); });
  }

  RecordingProcessor processor;
  CollectingSink sink;
  FakeClock clock;
  std::vector<std::string> warnings;
};

TEST_F(Session, CallsTheProcessorInTheOrderOfTheMessages) {
  ASSERT_TRUE(run({kInitialize, batch_of("k"), R"({"action":"processRecords","records":[]})", kShutdownRequested,
                   R"({"action":"leaseLost"})"}));
  EXPECT_THAT(processor.calls, ElementsAre("initialize shardId-1 12/3", "process_records 1 behind 1500",
                                           "process_records 0 behind ?", "shutdown_requested", "lease_lost"));
}

TEST_F(Session, GoesOnWithRecordsAfterAShutdownRequest) {
  ASSERT_TRUE(run({kInitialize, kShutdownRequested, batch_of("k")}));
  EXPECT_THAT(sink.lines, testing::Contains(R"({"action":"status","responseFor":"processRecords"})"));
}

TEST_F(Session, WarnsOnceOfLinesThatAreNotUtf8AndCountsThemEachTime) {
  std::vector<std::size_t> repaired;
  processor.on_records = [&](const Batch& batch, Checkpointer&) {
    repaired.push_back(batch.repaired);
    return Result<void>{};
  };
  ASSERT_TRUE(run({kInitialize, batch_of("\xfc"), batch_of("k"), batch_of("\xe9\xe8")}));
  EXPECT_THAT(repaired, ElementsAre(1, 0, 2));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("line 2 is not UTF-8")));
}

TEST_F(Session, ChecksThatACheckpointNamesASequenceNumber) {
  processor.on_records = [](const Batch&, Checkpointer& checkpointer) -> Result<void> {
    const auto outcome = checkpointer.checkpoint({"SHARD_END\n", 0});
    return std::unexpected(outcome.error());
  };
  const auto session = run({kInitialize, batch_of("k")});
  EXPECT_THAT(session.error().what, HasSubstr(R"("SHARD_END\x0a" is no sequence number)"));
  EXPECT_EQ(sink.lines.size(), 1U);
}

TEST_F(Session, DoesNotRetryACheckpointAtAPosition) {
  processor.on_records = [](const Batch& batch, Checkpointer& checkpointer) {
    EXPECT_EQ(checkpointer.checkpoint(batch.records.front().position).value(), CheckpointOutcome::kPostponed);
    return Result<void>{};
  };
  ASSERT_TRUE(run({kInitialize, batch_of("k"), kThrottled}));
  EXPECT_TRUE(clock.pauses.empty());
}

TEST_F(Session, PausesLongerBeforeEachFurtherTry) {
  ASSERT_TRUE(
      run({kInitialize, kShardEnded, kThrottled, kThrottled, kThrottled, kThrottled, kThrottled, kThrottled, kDone}));
  EXPECT_THAT(clock.pauses, ElementsAre(milliseconds(200), milliseconds(400), milliseconds(800), milliseconds(1600),
                                        milliseconds(3200), milliseconds(5000)));
}

TEST_F(Session, TriesTheCheckpointOfAShardsEndForAMinuteAtMost) {
  std::vector<std::string> lines = {kInitialize, kShardEnded};
  lines.insert(lines.end(), 100, kThrottled);
  EXPECT_FALSE(run(lines));
  EXPECT_LE(clock.slept(), Checkpointer::kShardEndBudget);
  EXPECT_GT(clock.slept(), Checkpointer::kShardEndBudget - seconds(6));
}

TEST_F(Session, CountsTheProcessorsOwnTimeAgainstTheBudgetOfAShutdownRequest) {
  processor.on_shutdown = [this](Checkpointer& checkpointer) {
    clock.advance(seconds(15));
    EXPECT_EQ(checkpointer.checkpoint_all(Checkpointer::kShutdownBudget).value(), CheckpointOutcome::kPostponed);
    return Result<void>{};
  };
  std::vector<std::string> lines = {kInitialize, kShutdownRequested};
  lines.insert(lines.end(), 5, kThrottled);
  ASSERT_TRUE(run(lines));
  EXPECT_LE(clock.slept(), seconds(5));
  EXPECT_EQ(sink.lines.back(), R"({"action":"status","responseFor":"shutdownRequested"})");
}

TEST_F(Session, AsksForNoCheckpointOfAShardsEndThatTheProcessorCouldNotFinish) {
  processor.on_shard_ended = [] { return Result<void>(std::unexpected(Error{"disk full"})); };
  EXPECT_EQ(run({kInitialize, kShardEnded, kDone}).error().what, "disk full");
  EXPECT_EQ(sink.lines.size(), 1U);
}

TEST_F(Session, TellsTheProcessorThatALostLeaseStaysLost) {
  std::vector<CheckpointOutcome> outcomes;
  processor.on_records = [&](const Batch& batch, Checkpointer& checkpointer) {
    outcomes.push_back(checkpointer.checkpoint(batch.records.front().position).value());
    outcomes.push_back(checkpointer.checkpoint_all(seconds(60)).value());
    return Result<void>{};
  };
  ASSERT_TRUE(run({kInitialize, batch_of("k"),
                   R"({"action":"checkpoint","sequenceNumber":"7","subSequenceNumber":0,"error":"ShutdownException"})",
                   batch_of("k")}));
  EXPECT_THAT(outcomes, testing::Each(CheckpointOutcome::kLeaseLost));
  EXPECT_EQ(outcomes.size(), 4U);
  EXPECT_EQ(sink.lines.size(), 4U);  // three statuses and the one question
}

TEST_F(Session, EndsWithoutAnErrorWhenTheInputEndsInsteadOfAnAnswerWhateverTheProcessorSays) {
  for (const bool processor_gives_up : {true, false}) {
    processor.on_records = [&](const Batch&, Checkpointer& checkpointer) -> Result<void> {
      const auto outcome = checkpointer.checkpoint_all(seconds(1));
      EXPECT_FALSE(outcome);
      if (processor_gives_up) return std::unexpected(outcome.error());
      return {};
    };
    sink.lines.clear();
    EXPECT_TRUE(run({kInitialize, batch_of("k")}));
    EXPECT_EQ(sink.lines.size(), 2U);
  }
}

TEST_F(Session, EndsWithTheSinksError) {
  class ClosedSink final : public LineSink {
    Result<void> write_line(std::string_view) override { return std::unexpected(Error{"closed"}); }
  } closed;
  ScriptedSource source({kInitialize});
  EXPECT_EQ(run_session(processor, source, closed, clock, [](std::string_view) {}).error().what, "closed");
}

}  // namespace
}  // namespace kcl
