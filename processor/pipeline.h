#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kcl/record_processor.h"
#include "limits/arena.h"
#include "processor/checkpoint_policy.h"
#include "processor/clock.h"
#include "processor/decision.h"
#include "processor/log.h"
#include "processor/rules_file.h"
#include "store/store.h"

namespace processor {

struct PipelineOptions {
  std::string stream = {};                              ///< `initialize` names only the shard, and shard ids repeat
  std::string owner = {};                               ///< host:pid, for the shard's row
  std::chrono::milliseconds checkpoint_interval{5000};  ///< 0: after every batch
  bool durable_batches = false;  ///< every batch survives a power cut, not only checkpointed ones
};

/// The way of a record: bytes -> event -> route -> change -> store -> checkpoint. A batch is applied in chunks, so that
/// the store's lock is never held for long and memory does not grow with the batch: a chunk is decoded without the
/// lock, then applied and committed as one. New rules come into force between batches. A bad record becomes a dead
/// letter; a failing store ends the session, without a status and without a checkpoint, and the daemon delivers the
/// batch again.
class Pipeline final : public kcl::RecordProcessor {
 public:
  static constexpr std::size_t kChunk = 1000;
  static constexpr std::chrono::seconds kRowRefresh{5};  ///< a quiet shard's lag is at most so old in its row

  Pipeline(PipelineOptions, RulesSource&, store::Store&, Clock&, Log&);

  kcl::Result<void> initialize(const kcl::Initialize&) override;
  kcl::Result<void> process_records(const kcl::Batch&, kcl::Checkpointer&) override;
  kcl::Result<void> lease_lost() override;
  kcl::Result<void> shard_ended() override;
  kcl::Result<void> shutdown_requested(kcl::Checkpointer&) override;

 private:
  /// Turns the records into changes, dead letters and a count of ignored ones.
  void decode(std::span<const kcl::Record> chunk);
  /// Applies what was decoded.
  kcl::Result<void> commit(bool checkpoint_follows, bool ended = false);
  /// Commits the last chunk of a batch and, if told so, checkpoints the batch.
  kcl::Result<void> finish(bool checkpoint, kcl::Checkpointer&);
  /// A batch without records: the shard is quiet.
  kcl::Result<void> tick(kcl::Checkpointer&);
  void tell(const store::Report&) const;

  PipelineOptions options_;
  RulesSource& rules_;
  store::Store& store_;
  Clock& clock_;
  Log& log_;

  std::string shard_;
  CheckpointPolicy policy_;
  std::chrono::steady_clock::time_point row_written_;
  std::optional<std::chrono::microseconds> batch_time_;  ///< of the last batch with records, until it is written
  bool checkpoint_refused_ = false;                      ///< the last one, until it is written
  std::optional<std::int64_t> millis_behind_latest_;

  // The chunk on its way, emptied and filled again.
  RecordReader reader_;
  limits::Arena arena_;
  std::vector<limits::Change> changes_;
  std::vector<store::DeadLetter> dead_letters_;
  std::int64_t ignored_ = 0;
};

}  // namespace processor
