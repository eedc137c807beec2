#pragma once

#include <chrono>
#include <string_view>

#include "kcl/checkpointer.h"
#include "kcl/internal/message_reader.h"
#include "kcl/line_channel.h"
#include "kcl/session.h"

namespace kcl::internal {

/// The checkpointer of a session: asks the daemon and waits for its answer, which is the next line.
class DaemonCheckpointer final : public Checkpointer {
 public:
  DaemonCheckpointer(MessageReader& reader, LineSink& sink, Clock& clock)
      : reader_(reader), sink_(sink), clock_(clock) {}

  Result<CheckpointOutcome> checkpoint(const Position& position) override;
  Result<CheckpointOutcome> checkpoint_all(std::chrono::milliseconds budget) override;

  /// No pause between tries goes beyond this time, whatever the budget.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }

  /// True once the daemon closed the pipe instead of answering.
  [[nodiscard]] bool input_ended() const { return input_ended_; }

 private:
  Result<CheckpointOutcome> ask(std::string_view line);

  MessageReader& reader_;
  LineSink& sink_;
  Clock& clock_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  bool lease_lost_ = false;
  bool input_ended_ = false;
};

}  // namespace kcl::internal
