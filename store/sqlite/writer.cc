#include "store/sqlite/writer.h"

#include <algorithm>

#include <sqlite3.h>

#include "store/sqlite/file.h"

namespace store::sqlite {
namespace {

/// The log is copied back when it has this many pages (16 MB). A page that many batches wrote is copied once, so a long
/// log saves writes; a short one keeps the start after a crash and the index of the log in memory small.
constexpr std::int64_t kLogPages = 4000;
/// After a reader was in the way, not again before the log has so many more: each attempt costs syncs.
constexpr std::int64_t kMorePages = kLogPages / 4;

// A batch without a record keeps the row's position.
constexpr const char* kRecord = R"sql(
  INSERT INTO shard (stream, shard, owner, rules_version, sequence, sub_sequence, checkpoint_sequence,
                     checkpoint_sub_sequence, checkpoint_at, updated_at, millis_behind_latest, batches, applied,
                     duplicate, stale, parked, ignored, dead, expired, discrepancies_seen, sequence_conflicts,
                     foreign_aggregates, rules_problem, ended_at, batch_micros, batches_1_ms, batches_3_ms,
                     batches_10_ms, batches_30_ms, batches_100_ms, batches_300_ms, batches_1000_ms, batches_3000_ms,
                     batches_longer, checkpoints_refused)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, iif(?7 IS NULL, '', ?5), iif(?7 IS NULL, 0, ?6), ?7, ?8, ?9, 1, ?10, ?11, ?12, ?13,
          ?14, ?15, ?16, ?17, ?18, ?19, nullif(?20, ''), ?21, ?22, ?23 IS 0, ?23 IS 1, ?23 IS 2,
          ?23 IS 3, ?23 IS 4, ?23 IS 5, ?23 IS 6, ?23 IS 7, ?23 IS 8, ?24)
  ON CONFLICT (stream, shard) DO UPDATE SET
    owner = excluded.owner,
    rules_version = excluded.rules_version,
    rules_problem = excluded.rules_problem,
    sequence = iif(?5 = '', sequence, ?5),
    sub_sequence = iif(?5 = '', sub_sequence, ?6),
    checkpoint_sequence = CASE WHEN ?7 IS NULL THEN checkpoint_sequence WHEN ?5 = '' THEN sequence ELSE ?5 END,
    checkpoint_sub_sequence = CASE WHEN ?7 IS NULL THEN checkpoint_sub_sequence WHEN ?5 = '' THEN sub_sequence ELSE ?6 END,
    checkpoint_at = coalesce(?7, checkpoint_at),
    updated_at = excluded.updated_at,
    ended_at = excluded.ended_at,
    millis_behind_latest = excluded.millis_behind_latest,
    batches = batches + 1,
    applied = applied + excluded.applied,
    duplicate = duplicate + excluded.duplicate,
    stale = stale + excluded.stale,
    parked = parked + excluded.parked,
    ignored = ignored + excluded.ignored,
    dead = dead + excluded.dead,
    expired = expired + excluded.expired,
    discrepancies_seen = discrepancies_seen + excluded.discrepancies_seen,
    sequence_conflicts = sequence_conflicts + excluded.sequence_conflicts,
    foreign_aggregates = foreign_aggregates + excluded.foreign_aggregates,
    batch_micros = batch_micros + excluded.batch_micros,
    batches_1_ms = batches_1_ms + excluded.batches_1_ms,
    batches_3_ms = batches_3_ms + excluded.batches_3_ms,
    batches_10_ms = batches_10_ms + excluded.batches_10_ms,
    batches_30_ms = batches_30_ms + excluded.batches_30_ms,
    batches_100_ms = batches_100_ms + excluded.batches_100_ms,
    batches_300_ms = batches_300_ms + excluded.batches_300_ms,
    batches_1000_ms = batches_1000_ms + excluded.batches_1000_ms,
    batches_3000_ms = batches_3000_ms + excluded.batches_3000_ms,
    batches_longer = batches_longer + excluded.batches_longer,
    checkpoints_refused = checkpoints_refused + excluded.checkpoints_refused)sql";

}  // namespace

Writer::Writer(const std::string& path, const Options& options)
    : history_(options.history),
      db_(open_for_writing(path, options.lock_patience)),
      lock_(db_->file(), options.turn_patience),
      record_(*db_, kRecord) {
  make_ready(*db_, lock_);
}

Result<Report> Writer::do_apply(const Batch& batch, Durability durability) {
  prepare(batch);
  return in_turn(durability, [&] { return write(batch); });
}

Result<ReplayReport> Writer::do_replay(const Replay& replay) {
  return in_turn(Durability::kDurable, [&] { return write(replay); });
}

Result<std::int64_t> Writer::do_discard(std::span<const std::int64_t> ids, limits::TimeMs now) {
  return in_turn(Durability::kDurable, [&] {
    Transaction transaction(*db_, Transaction::Kind::kWrite);
    const std::int64_t discarded =
        std::ranges::count_if(ids, [&](std::int64_t id) { return dead_letters_.discard(id, now); });
    transaction.commit();
    return discarded;
  });
}

Result<std::int64_t> Writer::do_prune(std::int64_t before_change, const Progress& progress) {
  std::int64_t taken = 0;
  std::optional<std::int64_t> begin;
  while (true) {
    const auto step = in_turn(Durability::kCommitted, [&] { return pruner_.step(before_change); });
    if (!step) return std::unexpected(step.error());
    taken += step->taken;
    before_change = step->end;
    if (!begin) begin = step->from;
    const bool goes_on = progress(step->to - *begin, step->end - *begin);
    if (step->to == step->end || !goes_on) return taken;
  }
}

template <class Work>
auto Writer::in_turn(Durability durability, Work work) -> Result<std::invoke_result_t<Work>> {
  try {
    set_synchronous(durability);
    const WriterLock::Turn turn(lock_);
    const auto result = work();
    bound_log();
    return result;
  } catch (const Failure& failure) {
    limits_.forget();
    names_.forget();
    return std::unexpected(failure.error);
  }
}

/// All that needs no lock.
void Writer::prepare(const Batch& batch) {
  arena_.clear();
  index_.build(batch.changes);
  outcomes_.assign(batch.changes.size(), {});
  for (std::size_t i = 0; i < batch.changes.size(); ++i) {
    outcomes_[i].row.stamp = batch.changes[i].stamp;
    if (!batch.changes[i].progress) continue;
    char* const start = arena_.reserve(limits::Decimal::kMaxText);
    char* const end = batch.changes[i].progress->progress.write_to(start);
    outcomes_[i].progress = arena_.commit(static_cast<std::size_t>(end - start));
  }
  dead_letters_.prepare(batch.dead_letters);
}

Report Writer::write(const Batch& batch) {
  Transaction transaction(*db_, Transaction::Kind::kWrite);
  limits_.begun();
  Report report;
  if (!batch.changes.empty()) apply_changes(batch, report);
  dead_letters_.keep(batch.dead_letters, batch.shard);
  for (const Outcome& outcome : outcomes_) ++report.verdicts[outcome.verdict];
  report.verdicts[Verdict::kDead] += std::ssize(batch.dead_letters);
  report.verdicts[Verdict::kIgnored] += batch.ignored;
  // Even for a batch without records: a commit that writes nothing would not sync what was committed before it.
  record(batch.shard, report);
  transaction.commit();
  limits_.committed();
  return report;
}

/// What a letter does is known only when it is seen, in the transaction, to be open still; so all is done there.
ReplayReport Writer::write(const Replay& replay) {
  Transaction transaction(*db_, Transaction::Kind::kWrite);
  limits_.begun();
  ReplayReport report;
  Tally& verdicts = report.applied.verdicts;
  std::vector<limits::Change> changes;
  for (const Retry& retry : replay.retries) {
    if (!dead_letters_.settle(retry, replay.now)) {
      ++report.not_open;
    } else if (!retry.outcome) {
      ++verdicts[Verdict::kDead];
    } else if (!*retry.outcome) {
      ++verdicts[Verdict::kIgnored];
    } else {
      changes.push_back(**retry.outcome);
    }
  }
  const Batch batch{.changes = changes,
                    .shard = {.key = replay.shard, .now = replay.now, .rules_version = replay.rules_version}};
  prepare(batch);
  if (!changes.empty()) apply_changes(batch, report.applied);
  for (const Outcome& outcome : outcomes_) ++verdicts[outcome.verdict];
  transaction.commit();
  limits_.committed();
  return report;
}

void Writer::apply_changes(const Batch& batch, Report& report) {
  if (history_) {
    // Numbers in the order of the stream; a repeated event's stays unused.
    std::int64_t change_id = 0;
    {
      auto rows = read_counter_.query();
      if (rows.next()) change_id = read_counter_.integer(0);
    }
    for (Outcome& outcome : outcomes_) outcome.row.id = ++change_id;
    write_counter_.run(change_id);
  }
  touched_.clear();
  touched_.reserve(index_.groups().size());
  for (const BatchIndex::Group& group : index_.groups()) touched_.push_back(apply_to(group, batch, report));
  save_limits();
  if (history_) insert_history(batch);
}

/// In the order of their ids, which is that of their rows: a page of the table is found and written while it is near.
void Writer::save_limits() {
  changed_.clear();
  for (const Limit& limit : touched_) {
    if (limit.changed) changed_.push_back(&limit);
  }
  std::ranges::sort(changed_, {}, &Limit::id);
  for (const Limit* limit : changed_) limits_.save(*limit);
  // Not before all are saved: a limit's text may be that which is remembered of it.
  const auto groups = index_.groups();
  for (std::size_t i = 0; i < groups.size(); ++i) limits_.remember(groups[i].key, groups[i].hash, touched_[i]);
}

/// Reads a limit once and applies all its changes. What it becomes is not saved yet.
Limit Writer::apply_to(const BatchIndex::Group& group, const Batch& batch, Report& report) {
  Limit limit = limits_.load(group.key, group.hash);
  if (!limit.stored() && limits_.is_foreign(group.key)) ++report.foreign_aggregates;

  const LoadDefinitionStamps load = [this](std::int64_t id) { return limits_.definition_stamps(id); };
  for_history_.clear();
  for (std::uint32_t i = group.first; i != BatchIndex::kEnd; i = index_.next(i)) {
    Outcome& outcome = outcomes_[i];
    fold(batch.changes[i], limit, outcome, report, load);
    if (outcome.verdict == Verdict::kExpired || outcome.known) continue;
    if (history_) {
      for_history_.push_back(&outcome);
    } else if (outcome.tied) {
      ++report.sequence_conflicts;
    }
  }
  if (!for_history_.empty()) link(limit, report);

  if (!limit.stored()) {
    limits_.insert(group.key, batch.changes[group.first].origin.arrival.value, limit);
  } else {
    limits_.define(limit);
  }
  limit.definition_stamps.reset();  // large, and of no more use
  return limit;
}

void Writer::link(Limit& limit, Report& report) {
  const chain::RowId newest_before = limit.newest.id;
  history_rows_.link(for_history_, limit);
  limit.changed |= limit.newest.id != newest_before;
  for (const Outcome* outcome : for_history_) {
    if (outcome->has_row && outcome->row.conflict) ++report.sequence_conflicts;
  }
}

/// In the order of the stream, so that all rows are added at the table's end.
void Writer::insert_history(const Batch& batch) {
  const std::int64_t origin = names_.origin(batch.shard.key, batch.shard.rules_version);
  for (std::uint32_t i = 0; i < batch.changes.size(); ++i) {
    if (!outcomes_[i].has_row) continue;
    const limits::Change& change = batch.changes[i];
    history_rows_.insert(change, outcomes_[i], touched_[index_.group_of(i)].id,
                         names_.event_kind(change.type, change.handler), origin);
  }
}

void Writer::record(const ShardProgress& shard, const Report& report) {
  const auto checkpoint_at = shard.checkpoint_follows ? std::optional(shard.now.value) : std::nullopt;
  const auto ended_at = shard.ended ? std::optional(shard.now.value) : std::nullopt;
  std::optional<std::int64_t> time_class;
  if (shard.batch_time) time_class = static_cast<std::int64_t>(BatchTimes::class_of(*shard.batch_time));
  const Tally& verdicts = report.verdicts;
  record_.run(shard.key.stream, shard.key.shard, shard.owner, shard.rules_version, shard.sequence, shard.sub_sequence,
              checkpoint_at, shard.now.value, shard.millis_behind_latest, verdicts[Verdict::kApplied],
              verdicts[Verdict::kDuplicate], verdicts[Verdict::kStale], verdicts[Verdict::kParked],
              verdicts[Verdict::kIgnored], verdicts[Verdict::kDead], verdicts[Verdict::kExpired],
              report.discrepancies_seen, report.sequence_conflicts, report.foreign_aggregates, shard.rules_problem,
              ended_at, shard.batch_time.value_or(std::chrono::microseconds(0)).count(), time_class,
              std::int64_t{shard.checkpoint_refused});
}

void Writer::set_synchronous(Durability durability) {
  if (synchronous_ == durability) return;
  db_->execute(durability == Durability::kDurable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  synchronous_ = durability;
}

/// In our turn, or the log would never be copied whole while others go on writing to it, and would grow for ever.
void Writer::bound_log() {
  const std::int64_t pages = db_->log_frames();
  if (pages < kLogPages) {
    held_up_at_ = 0;
  } else if (pages >= held_up_at_ + kMorePages) {
    held_up_at_ = db_->checkpoint() ? 0 : pages;
  }
}

Result<std::unique_ptr<Store>> open(const std::string& path, Options options) {
  try {
    return std::make_unique<Writer>(path, options);
  } catch (const Failure& failure) {
    return std::unexpected(failure.error);
  }
}

}  // namespace store::sqlite
