#include "kcl/internal/daemon_checkpointer.h"

#include <algorithm>
#include <string>

#include "kcl/internal/excerpt.h"

namespace kcl::internal {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{200};
constexpr milliseconds kLongestPause{5000};

/// What the class of KCL's exception means to us. An unknown one may pass, so it is no reason to end every shard of
/// the daemon with us; if it does not pass, the checkpoint's age shows it.
Result<CheckpointOutcome> outcome_of(std::string_view question, std::string_view error) {
  if (error.empty()) return CheckpointOutcome::kAccepted;
  if (error == "ShutdownException") return CheckpointOutcome::kLeaseLost;
  std::string_view meaning;
  if (error == "InvalidStateException") {
    meaning = "the lease table is missing, or has no such lease; see the daemon's log";
  } else if (error == "IllegalArgumentException") {
    meaning = "the position is before the last checkpoint, or after the last record that was delivered";
  } else {
    return CheckpointOutcome::kPostponed;
  }
  return std::unexpected(Error{"the daemon answered " + std::string(question) + " with " + std::string(error) + ": " +
                               std::string(meaning)});
}

}  // namespace

Result<CheckpointOutcome> DaemonCheckpointer::checkpoint(const Position& position) {
  const auto line = checkpoint_line(position);
  if (!line) return std::unexpected(line.error());
  return ask(*line);
}

Result<CheckpointOutcome> DaemonCheckpointer::checkpoint_all(milliseconds budget) {
  const auto deadline = std::min(deadline_, clock_.now() + budget);
  for (milliseconds pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    auto outcome = ask(checkpoint_all_line());
    if (!outcome || *outcome != CheckpointOutcome::kPostponed) return outcome;
    if (clock_.now() + pause > deadline) return outcome;
    clock_.sleep_for(pause);
  }
}

Result<CheckpointOutcome> DaemonCheckpointer::ask(std::string_view line) {
  if (lease_lost_) return CheckpointOutcome::kLeaseLost;
  if (const auto written = sink_.write_line(line); !written) return std::unexpected(written.error());
  const auto read = reader_.next_answer();
  if (!read) return std::unexpected(read.error());
  const std::optional<Message>& message = *read;
  if (!message) {
    input_ended_ = true;
    return std::unexpected(Error{"the daemon closed the pipe instead of answering a checkpoint"});
  }
  const auto* answer = std::get_if<CheckpointAnswer>(&message->body);
  if (!answer) {
    return std::unexpected(Error{"line " + std::to_string(reader_.line_number()) +
                                 ": expected the answer to a checkpoint, found " + std::string(message->action) +
                                 ". The daemon sends nothing else while an action is going on; its log may say more"});
  }
  auto outcome = outcome_of(line, answer->error);
  lease_lost_ = outcome && *outcome == CheckpointOutcome::kLeaseLost;
  return outcome;
}

}  // namespace kcl::internal
