#pragma once

#include <chrono>
#include <string>

#include "kcl/record.h"

namespace processor {

/// When to checkpoint. A checkpoint costs a write to the lease table and a sync of the disk, so it is made at most once
/// an interval while records flow, and at once when the shard falls quiet: otherwise its last records would never be
/// checkpointed.
class CheckpointPolicy {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// An interval of zero: after every batch.
  CheckpointPolicy(std::chrono::milliseconds interval, Time start) : interval_(interval), last_(start) {}

  /// `position` is about to be committed.
  void advance(const kcl::Position& position);
  /// A batch ends at `now`; `quiet` if it has no records. True if there is something to checkpoint and it is time to.
  [[nodiscard]] bool due(Time now, bool quiet) const;

  /// The daemon took the checkpoint.
  void accepted(Time now);
  /// It did not; the next one covers it. Not tried again before another interval, quiet or not.
  void postponed(Time now);

  /// The last position given to `advance`; empty before the first record.
  [[nodiscard]] kcl::Position position() const { return {sequence_, sub_sequence_}; }

 private:
  std::chrono::milliseconds interval_;
  Time last_;
  bool pending_ = false;
  bool refused_ = false;
  std::string sequence_;
  std::int64_t sub_sequence_ = 0;
};

}  // namespace processor
