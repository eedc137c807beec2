#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "kcl/checkpointer.h"
#include "kcl/error.h"
#include "kcl/record.h"

namespace kcl {

struct Initialize {
  std::string_view shard_id;
  /// Where the daemon starts to read: a sequence number, or TRIM_HORIZON / LATEST / AT_TIMESTAMP. Empty: not told.
  std::string_view sequence;
  std::int64_t sub_sequence = 0;
};

struct Batch {
  std::span<const Record> records;  ///< Empty on the daemon's tick (callProcessRecordsEvenForEmptyRecordList).
  std::optional<std::int64_t> millis_behind_latest;
  /// Byte sequences of the line that were not UTF-8 and are U+FFFD now: a daemon whose JVM runs without
  /// -Dfile.encoding=UTF-8 mangles partition keys. The data, base64, is never affected.
  std::size_t repaired = 0;
};

/// What an application implements. The session calls it from one thread, in the order of the protocol: `initialize`
/// once, `process_records` any number of times, then `lease_lost` or `shard_ended`, maybe with `shutdown_requested`
/// before it; or the daemon goes away in between. A call that returns a value is answered with a status line, which
/// tells the daemon that the work is *done*: commit before you return. A call that returns an error ends the process
/// without a status, and the daemon delivers the batch again, to this or another worker.
class RecordProcessor {
 public:
  virtual ~RecordProcessor() = default;

  [[nodiscard]] virtual Result<void> initialize(const Initialize&) = 0;
  [[nodiscard]] virtual Result<void> process_records(const Batch&, Checkpointer&) = 0;
  /// Another worker owns the shard now. There is no checkpointer: a checkpoint would be refused.
  [[nodiscard]] virtual Result<void> lease_lost() = 0;
  /// The shard is closed and all its records were delivered. The session itself checkpoints the shard's end after this
  /// returns (without that the child shards never start); commit what is left here.
  [[nodiscard]] virtual Result<void> shard_ended() = 0;
  /// The daemon is about to stop, or to hand the shard over. Commit what is left, and checkpoint it, within
  /// `Checkpointer::kShutdownBudget`. `lease_lost` may still follow.
  [[nodiscard]] virtual Result<void> shutdown_requested(Checkpointer&) = 0;
};

}  // namespace kcl
