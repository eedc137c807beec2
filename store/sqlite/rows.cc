#include "store/sqlite/rows.h"

#include <algorithm>

namespace store::sqlite {

// Members of a braced list are read in the order they stand in.

namespace {

constexpr int kDefinitionColumns = 5;

/// The columns of the definition that stand before its terms.
void read_definition(Columns& row, limits::UserLimit& limit) {
  limit.user_id = row.text();
  limit.brand_id = row.text();
  limit.currency_code = row.text();
  limit.type = row.word<limits::LimitType>();
  limit.period = row.word<limits::Period>();
}

void read_rest(Columns& row, limits::UserLimit& limit) {
  if (row.next_is_null()) {
    row.skip(1);
  } else {
    limit.status = row.word<limits::Status>();
  }
  limit.value = row.text();
  limit.progress = row.text();
  limit.previous_limit_value = row.optional_text();
  limit.active_from = row.integer();
  limit.active_until = row.optional_integer();
  limit.next_reset_time = row.optional_integer();
  limit.created_at = row.optional_integer();
}

}  // namespace

limits::UserLimit read_limit(Columns& row) {
  limits::UserLimit limit;
  limit.aggregate_id = row.text();
  limit.user_limit_id = row.text();
  read_definition(row, limit);
  read_rest(row, limit);
  return limit;
}

KeptLimit read_kept_limit(Columns& row) {
  constexpr int kArrivalColumns = 4;
  KeptLimit limit;
  limit.state.aggregate_id = row.text();
  limit.state.user_limit_id = row.text();
  row.next_is_null() ? row.skip(kDefinitionColumns) : read_definition(row, limit.state);
  read_rest(row, limit.state);
  limit.definition = row.optional_stamp();
  limit.progress = row.optional_stamp();
  limit.floor = row.optional_stamp();
  for (auto& stamp : limit.terms) stamp = row.optional_stamp();
  if (row.next_is_null()) {
    row.skip(kArrivalColumns);
  } else {
    limit.newest = {.change_id = row.integer(), .stream = row.text(), .shard = row.text(), .arrival_ms = row.integer()};
  }
  return limit;
}

ParkedLimit read_parked(Columns& row) {
  return {.aggregate_id = row.text(),
          .user_limit_id = row.text(),
          .progress = row.optional_text(),
          .next_reset_time = row.optional_integer(),
          .newest_sequence = row.integer(),
          .newest_event_id = row.text(),
          .events = row.integer(),
          .since_ms = row.integer()};
}

HistoryRow read_history(Columns& row) {
  return {.aggregate_id = row.text(),
          .user_limit_id = row.text(),
          .sequence = row.integer(),
          .event_id = row.text(),
          .type = row.text(),
          .handler = row.text(),
          .created_at = row.integer(),
          .progress_after = row.optional_text(),
          .fields = row.text(),
          .change_id = row.integer(),
          .stream = row.text(),
          .shard = row.text(),
          .kinesis_sequence = row.text(),
          .sub_sequence = row.integer(),
          .arrival_ms = row.integer(),
          .rules_version = row.text()};
}

limits::Reason read_reason(std::string_view name, const Connection& db) {
  if (const auto reason = limits::parse_reason(name)) return *reason;
  throw failure(Errc::kFatal, db.path(),
                fmt::format("a dead letter has the reason \"{}\", which this program does not know. Another program "
                            "wrote it: put back a backup.",
                            name));
}

namespace {

LetterState read_letter_state(std::string_view name, const Connection& db) {
  const auto names = letter_states();
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<LetterState>(found - names.begin());
  throw failure(Errc::kFatal, db.path(),
                fmt::format("a dead letter has the state \"{}\", which this program does not know. Another program "
                            "wrote it: put back a backup.",
                            name));
}

}  // namespace

DeadLetterRow read_dead_letter(Columns& row, const Connection& db) {
  return {.id = row.integer(),
          .state = read_letter_state(row.text(), db),
          .reason = read_reason(row.text(), db),
          .what = row.text(),
          .raw = row.text(),
          .stream = row.text(),
          .shard = row.text(),
          .kinesis_sequence = row.text(),
          .sub_sequence = row.integer(),
          .arrival_ms = row.integer(),
          .seen = row.integer(),
          .rules_version = row.text(),
          .attempts = row.integer(),
          .handled_at = row.optional_integer(),
          .retry_what = row.optional_text()};
}

namespace {

Tally read_tally(Columns& row) {
  Tally tally;
  for (std::size_t i = 0; i < kVerdictCount; ++i) tally[static_cast<Verdict>(i)] = row.integer();
  return tally;
}

BatchTimes read_batch_times(Columns& row) {
  BatchTimes times;
  times.sum = std::chrono::microseconds(row.integer());
  for (std::int64_t& count : times.counts) count = row.integer();
  return times;
}

}  // namespace

ShardRow read_shard(Columns& row) {
  return {.stream = row.text(),
          .shard = row.text(),
          .owner = row.text(),
          .sequence = row.text(),
          .sub_sequence = row.integer(),
          .checkpoint_sequence = row.text(),
          .checkpoint_sub_sequence = row.integer(),
          .updated_at = row.integer(),
          .checkpoint_at = row.integer(),
          .ended_at = row.optional_integer(),
          .millis_behind_latest = row.optional_integer(),
          .verdicts = read_tally(row),
          .discrepancies_seen = row.integer(),
          .sequence_conflicts = row.integer(),
          .foreign_aggregates = row.integer(),
          .batch_times = read_batch_times(row),
          .checkpoints_refused = row.integer(),
          .rules_version = row.text(),
          .rules_problem = row.text()};
}

}  // namespace store::sqlite
