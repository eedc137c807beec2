#include "kcl/session.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "kcl/internal/daemon_checkpointer.h"
#include "kcl/internal/message.h"
#include "kcl/internal/message_reader.h"

namespace kcl {
namespace {

using internal::CheckpointAnswer;
using internal::LeaseLost;
using internal::Message;
using internal::ShardEnded;
using internal::ShutdownRequested;

class Session {
 public:
  Session(RecordProcessor& processor, LineSource& source, LineSink& sink, Clock& clock, const Warn& warn)
      : processor_(processor), sink_(sink), clock_(clock), reader_(source, warn), checkpointer_(reader_, sink, clock) {}

  Result<void> run();

  // One per message: what has to be done before its status is sent.
  Result<void> operator()(const Initialize& start);
  Result<void> operator()(const Batch& batch);
  Result<void> operator()(const CheckpointAnswer&);
  Result<void> operator()(LeaseLost);
  Result<void> operator()(ShardEnded);
  Result<void> operator()(ShutdownRequested);

 private:
  enum class Stage : std::uint8_t { kNew, kRunning, kEnded };

  Result<void> act(const Message& message);
  Result<void> out_of_turn(std::string_view action, std::string_view why) const;

  RecordProcessor& processor_;
  LineSink& sink_;
  Clock& clock_;
  internal::MessageReader reader_;
  internal::DaemonCheckpointer checkpointer_;
  Stage stage_ = Stage::kNew;
};

Result<void> Session::run() {
  while (true) {
    const auto read = reader_.next();
    if (!read) return std::unexpected(read.error());
    const std::optional<Message>& message = *read;
    if (!message) return {};
    const auto done = act(*message);
    if (checkpointer_.input_ended()) return {};  // the end of the input is no fault of the processor's
    if (!done) return done;
    if (auto written = sink_.write_line(internal::status_line(message->action)); !written) return written;
  }
}

Result<void> Session::act(const Message& message) {
  const bool starts = std::holds_alternative<Initialize>(message.body);
  if (stage_ == Stage::kNew && !starts) return out_of_turn(message.action, "before initialize");
  if (stage_ == Stage::kRunning && starts) return out_of_turn(message.action, "a second time");
  if (stage_ == Stage::kEnded) return out_of_turn(message.action, "after the shard's end");
  return std::visit(*this, message.body);
}

Result<void> Session::out_of_turn(std::string_view action, std::string_view why) const {
  return std::unexpected(Error{"line " + std::to_string(reader_.line_number()) + ": " + std::string(action) + " came " +
                               std::string(why) +
                               ". The daemon starts one process per shard and speaks to it in order; nothing else may "
                               "write to its stdin"});
}

Result<void> Session::operator()(const Initialize& start) {
  stage_ = Stage::kRunning;
  return processor_.initialize(start);
}

Result<void> Session::operator()(const Batch& batch) {
  return processor_.process_records(batch, checkpointer_);
}

Result<void> Session::operator()(const CheckpointAnswer&) {
  return out_of_turn("checkpoint", "without a question");
}

Result<void> Session::operator()(LeaseLost) {
  stage_ = Stage::kEnded;
  return processor_.lease_lost();
}

Result<void> Session::operator()(ShardEnded) {
  stage_ = Stage::kEnded;
  if (auto committed = processor_.shard_ended(); !committed) return committed;
  // Only a checkpoint without a number can become SHARD_END: KCL takes the number of the last record, which is
  // checkpointed already, for nothing new (ShardRecordProcessorCheckpointer.advancePosition).
  const auto outcome = checkpointer_.checkpoint_all(Checkpointer::kShardEndBudget);
  if (!outcome) return std::unexpected(outcome.error());
  if (*outcome == CheckpointOutcome::kPostponed) {
    return std::unexpected(Error{"the checkpoint at the shard's end was put off for " +
                                 std::to_string(Checkpointer::kShardEndBudget.count()) +
                                 " s; without it the child shards never start. Look at the lease table's throttling"});
  }
  return {};
}

Result<void> Session::operator()(ShutdownRequested) {
  checkpointer_.set_deadline(clock_.now() + Checkpointer::kShutdownBudget);
  return processor_.shutdown_requested(checkpointer_);
}

}  // namespace

Result<void> run_session(RecordProcessor& processor, LineSource& source, LineSink& sink, Clock& clock,
                         const Warn& warn) {
  return Session(processor, source, sink, clock, warn).run();
}

}  // namespace kcl
