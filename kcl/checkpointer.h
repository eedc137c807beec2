#pragma once

#include <chrono>
#include <cstdint>

#include "kcl/error.h"
#include "kcl/record.h"

namespace kcl {

/// What became of a checkpoint, by what the processor can do about it.
enum class CheckpointOutcome : std::uint8_t {
  kAccepted,
  kPostponed,  ///< Throttled, or a dependency failed (or an answer we don't know): go on, the next one covers it.
  kLeaseLost,  ///< Another worker has the shard: no further checkpoint of this session is sent, all answer kLeaseLost.
};

/// Sends checkpoints to the daemon and reads its answers. Given to the processor for the length of one call.
/// Errors (KCL's InvalidStateException and IllegalArgumentException, a closed pipe, an answer out of turn) mean that
/// going on could be wrong: return them.
/// Source of the answers: software.amazon.kinesis.multilang.MultiLangProtocol, checkpoint().
class Checkpointer {
 public:
  /// shutdown_requested, with all retries, must end within this: a graceful handoff takes the lease after 30 s.
  static constexpr std::chrono::seconds kShutdownBudget{20};
  /// A shard's end is retried for this long, then the process ends non-zero.
  static constexpr std::chrono::seconds kShardEndBudget{60};

  virtual ~Checkpointer() = default;

  /// Everything up to and including `position` is done. One try.
  [[nodiscard]] virtual Result<CheckpointOutcome> checkpoint(const Position& position) = 0;

  /// Everything delivered so far is done. A postponed answer is retried with growing pauses until `budget` is spent.
  [[nodiscard]] virtual Result<CheckpointOutcome> checkpoint_all(std::chrono::milliseconds budget) = 0;
};

}  // namespace kcl
