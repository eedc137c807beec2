#include "store/memory/database.h"

#include <algorithm>

#include "limits/write_group.h"
#include "store/retention.h"

namespace store::memory {
namespace {

/// Whether the change says that progress was another before it than it is.
bool contradicts(const limits::Change& change, const Limit& limit) {
  return change.claimed_previous_progress && limit.progress &&
         limits::Decimal::parse(limit.state.progress) != *change.claimed_previous_progress;
}

HistoryRow history_row(const limits::Change& change, const ShardProgress& shard, std::int64_t change_id) {
  return {
      .aggregate_id = std::string(change.key.aggregate_id),
      .user_limit_id = std::string(change.key.user_limit_id),
      .sequence = change.stamp.sequence.value,
      .event_id = std::string(change.stamp.event_id),
      .type = std::string(change.type),
      .handler = std::string(change.handler),
      .created_at = change.created_at.value,
      .progress_after = change.progress ? std::optional(change.progress->progress.to_string()) : std::nullopt,
      .fields = std::string(change.fields),
      .change_id = change_id,
      .stream = std::string(shard.key.stream),
      .shard = std::string(shard.key.shard),
      .kinesis_sequence = std::string(change.origin.sequence),
      .sub_sequence = change.origin.sub_sequence,
      .arrival_ms = change.origin.arrival.value,
      .rules_version = std::string(shard.rules_version),
  };
}

}  // namespace

bool Limit::knows(const limits::Change& change, const Stamp& stamp) const {
  return history.contains(stamp) || definition == stamp || progress == stamp ||
         (change.terms && std::ranges::find(terms, stamp) != terms.end());
}

bool Limit::knows_another_under(const limits::Change& change, std::int64_t sequence) const {
  const auto at_or_after = history.lower_bound({.sequence = sequence, .event_id = ""});
  const auto has_it = [sequence](const std::optional<Stamp>& stamp) { return stamp && stamp->sequence == sequence; };
  return (at_or_after != history.end() && at_or_after->first.sequence == sequence) || has_it(definition) ||
         has_it(progress) || (change.terms && std::ranges::any_of(terms, has_it));
}

std::bitset<limits::kTermCount> Limit::terms_set_by(const limits::Change& change, const Stamp& stamp) const {
  auto set = change.definition ? limits::kAllTerms
             : change.terms    ? change.terms->written()
                               : std::bitset<limits::kTermCount>();
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (!(std::max(terms[i], definition) < stamp)) set.reset(i);
  }
  return set;
}

Stamp Limit::newest() const {
  return *std::max({definition, progress, *std::ranges::max_element(terms)});
}

Report Database::apply(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  Report report;
  for (const limits::Change& change : batch.changes) ++report.verdicts[apply(change, batch.shard, report)];
  for (const DeadLetter& letter : batch.dead_letters) keep(letter, batch.shard);
  report.verdicts[Verdict::kDead] += std::ssize(batch.dead_letters);
  report.verdicts[Verdict::kIgnored] += batch.ignored;
  ShardRow& row = record(batch.shard, report);
  for (const DeadLetter& letter : batch.dead_letters) ++row.dead_by_reason[letter.fault.reason];
  return report;
}

ReplayReport Database::replay(const Replay& replay) {
  const std::lock_guard lock(mutex_);
  const ShardProgress provenance{.key = replay.shard, .now = replay.now, .rules_version = replay.rules_version};
  ReplayReport report;
  for (const Retry& retry : replay.retries) {
    DeadLetterRow* const row = find_open(retry.id);
    if (row == nullptr) {
      ++report.not_open;
      continue;
    }
    ++row->attempts;
    row->handled_at = replay.now.value;
    row->retry_what = retry.outcome ? std::nullopt : std::optional(retry.outcome.error().what);
    if (retry.outcome) row->state = LetterState::kReplayed;
    Tally& verdicts = report.applied.verdicts;
    if (!retry.outcome) {
      ++verdicts[Verdict::kDead];
    } else if (!*retry.outcome) {
      ++verdicts[Verdict::kIgnored];
    } else {
      ++verdicts[apply(**retry.outcome, provenance, report.applied)];
    }
  }
  return report;
}

std::int64_t Database::discard(std::span<const std::int64_t> ids, limits::TimeMs now) {
  const std::lock_guard lock(mutex_);
  std::int64_t discarded = 0;
  for (const std::int64_t id : ids) {
    if (DeadLetterRow* const row = find_open(id)) {
      row->state = LetterState::kDiscarded;
      row->handled_at = now.value;
      ++discarded;
    }
  }
  return discarded;
}

std::int64_t Database::prune(std::int64_t before_change) {
  const std::lock_guard lock(mutex_);
  std::int64_t taken = 0;
  for (auto& [key, limit] : state_.limits) {
    Retention retention(before_change);
    for (auto place = limit.history.end(); place != limit.history.begin();) {
      --place;
      const auto& [stamp, row] = *place;
      if (row.change_id < before_change && !(stamp < limit.floor)) limit.floor = stamp;
      if (!retention.takes(row.change_id, row.handler, row.fields)) continue;
      place = limit.history.erase(place);
      ++taken;
    }
  }
  state_.pruned_to = std::max(state_.pruned_to, std::min(before_change - 1, state_.last_change_id));
  return taken;
}

State Database::snapshot() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Verdict Database::apply(const limits::Change& change, const ShardProgress& shard, Report& report) {
  Limit& limit = limit_of(change, report);
  const Stamp stamp{.sequence = change.stamp.sequence.value, .event_id = std::string(change.stamp.event_id)};
  // An optional without value is lower than any stamp: a group that is not set takes what comes.
  const bool sets_definition = change.definition && limit.definition < stamp;
  const bool sets_progress = change.progress && limit.progress < stamp;
  const auto sets_terms = limit.terms_set_by(change, stamp);
  const bool takes_effect = sets_definition || sets_progress || sets_terms.any();
  if (!takes_effect && stamp <= limit.floor) return Verdict::kExpired;

  const bool known = limit.knows(change, stamp);
  if (!known) {
    if (limit.knows_another_under(change, stamp.sequence)) ++report.sequence_conflicts;
    if (options_.history) limit.history.emplace(stamp, history_row(change, shard, ++state_.last_change_id));
  }

  for (std::size_t i = 0; i < limits::kTermCount; ++i) {
    if (!sets_terms[i]) continue;
    limits::write_term(static_cast<limits::Term>(i), change, limit.state);
    limit.terms[i] = change.terms ? std::optional(stamp) : std::nullopt;
  }
  if (sets_definition) {
    limits::write_definition(change, limit.state);
    limit.definition = stamp;
  }
  if (sets_progress) {
    if (contradicts(change, limit)) ++report.discrepancies_seen;
    limits::write_progress(change, limit.state);
    limit.progress = stamp;
  }
  if (takes_effect) return limit.definition ? Verdict::kApplied : Verdict::kParked;
  return known ? Verdict::kDuplicate : Verdict::kStale;
}

Limit& Database::limit_of(const limits::Change& change, Report& report) {
  const LimitKey key{.aggregate_id = std::string(change.key.aggregate_id),
                     .user_limit_id = std::string(change.key.user_limit_id)};
  const auto [place, is_new] = state_.limits.try_emplace(key);
  Limit& limit = place->second;
  if (is_new) {
    limit.state.aggregate_id = key.aggregate_id;
    limit.state.user_limit_id = key.user_limit_id;
    limit.since_ms = change.origin.arrival.value;
    std::set<std::string>& aggregates = state_.aggregates[key.user_limit_id];
    if (!aggregates.empty()) ++report.foreign_aggregates;
    aggregates.insert(key.aggregate_id);
  }
  return limit;
}

DeadLetterRow* Database::find_open(std::int64_t id) {
  const auto found = std::ranges::find(state_.dead_letters, id, [](const auto& entry) { return entry.second.id; });
  const bool is_open = found != state_.dead_letters.end() && found->second.state == LetterState::kOpen;
  return is_open ? &found->second : nullptr;
}

void Database::keep(const DeadLetter& letter, const ShardProgress& shard) {
  const auto [place, is_new] = state_.dead_letters.try_emplace(key_of(letter.fault.reason, letter.raw));
  DeadLetterRow& row = place->second;
  if (!is_new) {
    ++row.seen;
    return;
  }
  row = {
      .id = std::ssize(state_.dead_letters),
      .state = LetterState::kOpen,
      .reason = letter.fault.reason,
      .what = letter.fault.what,
      .raw = std::string(letter.raw),
      .stream = std::string(shard.key.stream),
      .shard = std::string(shard.key.shard),
      .kinesis_sequence = std::string(letter.origin.sequence),
      .sub_sequence = letter.origin.sub_sequence,
      .arrival_ms = letter.origin.arrival.value,
      .seen = 1,
      .rules_version = std::string(shard.rules_version),
      .attempts = 0,
      .handled_at = {},
      .retry_what = {},
  };
}

ShardRow& Database::record(const ShardProgress& shard, const Report& report) {
  ShardRow& row = state_.shards[{std::string(shard.key.stream), std::string(shard.key.shard)}];
  row.stream = shard.key.stream;
  row.shard = shard.key.shard;
  row.owner = shard.owner;
  row.rules_version = shard.rules_version;
  row.rules_problem = shard.rules_problem;
  row.updated_at = shard.now.value;
  row.ended_at = shard.ended ? std::optional(shard.now.value) : std::nullopt;
  row.millis_behind_latest = shard.millis_behind_latest;
  row.verdicts += report.verdicts;
  row.discrepancies_seen += report.discrepancies_seen;
  row.sequence_conflicts += report.sequence_conflicts;
  row.foreign_aggregates += report.foreign_aggregates;
  if (shard.checkpoint_refused) ++row.checkpoints_refused;
  if (shard.batch_time) {
    ++row.batch_times.counts[BatchTimes::class_of(*shard.batch_time)];
    row.batch_times.sum += *shard.batch_time;
  }
  if (!shard.sequence.empty()) {
    row.sequence = shard.sequence;
    row.sub_sequence = shard.sub_sequence;
  }
  if (shard.checkpoint_follows) {
    row.checkpoint_sequence = row.sequence;
    row.checkpoint_sub_sequence = row.sub_sequence;
    row.checkpoint_at = shard.now.value;
  }
  return row;
}

}  // namespace store::memory
