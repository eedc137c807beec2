#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "kcl/line_channel.h"
#include "kcl/record_processor.h"

namespace kcl {

/// The time as a session needs it: for the pauses between tries of a checkpoint, and their budget.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::chrono::steady_clock::time_point now() = 0;
  virtual void sleep_for(std::chrono::milliseconds) = 0;
};

/// Takes what an operator should see although the session goes on: whole sentences, without control characters.
using Warn = std::function<void(std::string_view)>;

/// Speaks the protocol for one shard until the input ends: reads messages, calls the processor, answers.
/// Returns when the daemon closed the pipe, which is not an error, whatever was going on. An error (a line that is no
/// message, a message out of turn, a processor's error, a checkpoint refused for good) leaves the action without its
/// status: exit non-zero.
[[nodiscard]] Result<void> run_session(RecordProcessor&, LineSource&, LineSink&, Clock&, const Warn&);

}  // namespace kcl
