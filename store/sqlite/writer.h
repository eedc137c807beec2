#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "limits/arena.h"
#include "store/sqlite/batch_index.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/dead_letters.h"
#include "store/sqlite/fold.h"
#include "store/sqlite/history_rows.h"
#include "store/sqlite/limit_rows.h"
#include "store/sqlite/names.h"
#include "store/sqlite/prune.h"
#include "store/sqlite/sqlite.h"
#include "store/sqlite/writer_lock.h"

namespace store::sqlite {

/// The write side: one transaction per batch.
class Writer final : public Store {
 public:
  /// Throws Failure.
  Writer(const std::string& path, const Options& options);

  [[nodiscard]] bool keeps_history() const override { return history_; }

 private:
  Result<Report> do_apply(const Batch& batch, Durability durability) override;
  Result<ReplayReport> do_replay(const Replay& replay) override;
  Result<std::int64_t> do_discard(std::span<const std::int64_t> ids, limits::TimeMs now) override;
  Result<std::int64_t> do_prune(std::int64_t before_change, const Progress& progress) override;

  /// Does the work in this writer's turn, and copies the log if it got long.
  template <class Work>
  auto in_turn(Durability durability, Work work) -> Result<std::invoke_result_t<Work>>;

  void prepare(const Batch& batch);
  Report write(const Batch& batch);
  ReplayReport write(const Replay& replay);
  void apply_changes(const Batch& batch, Report& report);
  Limit apply_to(const BatchIndex::Group& group, const Batch& batch, Report& report);
  void save_limits();
  void link(Limit& limit, Report& report);
  void insert_history(const Batch& batch);
  void record(const ShardProgress& shard, const Report& report);
  void set_synchronous(Durability durability);
  void bound_log();

  const bool history_;
  std::unique_ptr<Connection> db_;
  WriterLock lock_;
  std::optional<Durability> synchronous_;
  std::int64_t held_up_at_ = 0;  ///< pages of the log when a reader kept it from being copied, else 0

  // Of the batch.
  limits::Arena arena_;
  BatchIndex index_;
  std::vector<Outcome> outcomes_;
  std::vector<Limit> touched_;         ///< by group
  std::vector<Outcome*> for_history_;  ///< of one limit
  std::vector<const Limit*> changed_;

  LimitRows limits_{*db_, arena_};
  HistoryRows history_rows_{*db_, arena_};
  Names names_{*db_};
  Statement read_counter_{*db_, "SELECT value FROM counter WHERE name = 'change_id'"};
  Statement write_counter_{*db_, "UPDATE counter SET value = ? WHERE name = 'change_id'"};
  DeadLetters dead_letters_{*db_, names_};
  Pruner pruner_{*db_};
  Statement record_;
};

}  // namespace store::sqlite
