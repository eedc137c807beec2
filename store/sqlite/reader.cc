#include "store/sqlite/reader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/digest.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/damage.h"
#include "store/sqlite/file.h"
#include "store/sqlite/guarded.h"
#include "store/sqlite/rows.h"

namespace store::sqlite {
namespace {

// Statements that differ in what follows.
const std::string kSelectLimits = R"sql(
  SELECT d.aggregate_id, d.user_limit_id, d.user_id, d.brand_id, d.currency_code, d.type, d.period, d.status, d.value,
         p.progress, d.previous_limit_value, d.active_from, d.active_until, p.next_reset_time, d.created_at,
         p.defined_by, d.event_id, p.sequence, p.event_id
  FROM limit_definition AS d JOIN limit_progress AS p USING (limit_id)
  WHERE d.user_id IS NOT NULL )sql";
const std::string kSelectKeptLimits = R"sql(
  SELECT d.aggregate_id, d.user_limit_id, d.user_id, d.brand_id, d.currency_code, d.type, d.period, d.status, d.value,
         p.progress, d.previous_limit_value, d.active_from, d.active_until, p.next_reset_time, d.created_at,
         p.defined_by, d.event_id, p.sequence, p.event_id, p.floor_sequence, p.floor_event_id, d.active_until_sequence,
         d.active_until_event_id, d.previous_limit_value_sequence, d.previous_limit_value_event_id, d.status_sequence,
         d.status_event_id, d.value_sequence, d.value_event_id, c.change_id, o.stream, o.shard, c.arrival, d.limit_id
  FROM limit_definition AS d
    JOIN limit_progress AS p USING (limit_id)
    LEFT JOIN limit_change AS c ON c.change_id = p.newest_id
    LEFT JOIN origin AS o USING (origin_id) )sql";
constexpr const char* kSelectDeadLetters = R"sql(
  SELECT id, state, reason, what, raw, stream, shard, kinesis_sequence, sub_sequence, arrival, seen, rules_version,
         attempts, handled_at, retry_what
  FROM dead_letters )sql";

constexpr const char* kSelectParked = R"sql(
  SELECT aggregate_id, user_limit_id, progress, next_reset_time, newest_sequence, newest_event_id, events, since
  FROM parked_limits ORDER BY aggregate_id, user_limit_id)sql";

constexpr const char* kSelectChain = R"sql(
  WITH RECURSIVE chain (change_id) AS (
    SELECT newest_id FROM limit_progress WHERE limit_id = ?
    UNION ALL
    SELECT c.previous_id FROM chain JOIN limit_change AS c USING (change_id))
  SELECT h.aggregate_id, h.user_limit_id, h.sequence, h.event_id, h.type, h.handler, h.created_at, h.progress, h.fields,
         h.change_id, h.stream, h.shard, h.kinesis_sequence, h.sub_sequence, h.arrival, h.rules_version
  FROM chain CROSS JOIN limit_history AS h USING (change_id))sql";

// Reads the oldest part of the table, up to what it looks for.
constexpr const char* kSelectFirstChange = R"sql(
  SELECT change_id FROM limit_change
  WHERE change_id > coalesce((SELECT value FROM counter WHERE name = 'pruned'), 0) AND (arrival >= ? OR arrival <= 0)
  ORDER BY change_id LIMIT 1)sql";

constexpr const char* kSelectShards = R"sql(
  SELECT stream, shard, owner, sequence, sub_sequence, checkpoint_sequence, checkpoint_sub_sequence, updated_at,
         checkpoint_at, ended_at, millis_behind_latest, applied, duplicate, stale, parked, ignored, dead, expired,
         discrepancies_seen, sequence_conflicts, foreign_aggregates, batch_micros, batches_1_ms, batches_3_ms,
         batches_10_ms, batches_30_ms, batches_100_ms, batches_300_ms, batches_1000_ms, batches_3000_ms,
         batches_longer, checkpoints_refused, rules_version, rules_problem
  FROM shards ORDER BY stream, shard)sql";

/// What a function that could not find out returns.
constexpr auto kUnknown = static_cast<std::uintmax_t>(-1);

constexpr const char* kSelectDeadRecords =
    "SELECT reason, records FROM dead_records WHERE stream = ? AND shard = ? ORDER BY reason";

}  // namespace

FileReader::FileReader(const std::string& path)
    : db_(open_for_reading(path)),
      statements_(*db_),
      by_limit_(*db_, kSelectLimits + "AND d.user_limit_id = ? ORDER BY d.aggregate_id"),
      by_user_(*db_, kSelectLimits + "AND d.user_id = ? ORDER BY d.user_limit_id, d.aggregate_id"),
      kept_(*db_, kSelectKeptLimits + "WHERE d.user_limit_id = ? ORDER BY d.aggregate_id"),
      chain_(*db_, kSelectChain) {}

Result<std::vector<limits::UserLimit>> FileReader::get(std::string_view user_limit_id) {
  return guarded([&] {
    std::vector<limits::UserLimit> found;
    auto rows = by_limit_.query(user_limit_id);
    while (rows.next()) {
      Columns row(*db_, by_limit_);
      found.push_back(read_limit(row));
    }
    return found;
  });
}

Result<void> FileReader::each_limit(const LimitFilter& filter, const Visitor<limits::UserLimit>& visit) {
  return guarded([&] {
    Statement all(*db_, kSelectLimits + "ORDER BY d.user_id, d.user_limit_id, d.aggregate_id");
    Statement& select = filter.user_id ? by_user_ : all;
    auto rows = filter.user_id ? select.query(std::string_view(*filter.user_id)) : select.query();
    while (rows.next()) {
      Columns row(*db_, select);
      const limits::UserLimit limit = read_limit(row);
      if (filter.matches(limit) && !visit(limit)) return;
    }
  });
}

Result<std::vector<HistoryRow>> FileReader::history(std::string_view user_limit_id) {
  return guarded([&] {
    const Transaction snapshot(*db_, Transaction::Kind::kRead);
    Statement select(*db_, "SELECT limit_id FROM limit_definition WHERE user_limit_id = ? ORDER BY aggregate_id");
    std::vector<HistoryRow> found;
    auto rows = select.query(user_limit_id);
    while (rows.next()) std::ranges::move(chain_of(select.integer(0)), std::back_inserter(found));
    return found;
  });
}

std::vector<HistoryRow> FileReader::chain_of(std::int64_t limit_id, const KeptFilter::Wants& wants) {
  std::vector<HistoryRow> found;
  auto rows = chain_.query(limit_id);
  while (rows.next()) {
    Columns row(*db_, chain_);
    HistoryRow event = read_history(row);
    if (!wants || wants(event)) found.push_back(std::move(event));
  }
  std::ranges::reverse(found);
  return found;
}

Result<std::int64_t> FileReader::first_change_since(limits::TimeMs arrival) {
  return guarded([&] {
    const Transaction snapshot(*db_, Transaction::Kind::kRead);
    Statement select(*db_, kSelectFirstChange);
    auto rows = select.query(arrival.value);
    if (rows.next()) return select.integer(0);
    return db_->integer("SELECT value FROM counter WHERE name = 'change_id'") + 1;
  });
}

Result<void> FileReader::each_parked(const Visitor<ParkedLimit>& visit) {
  return guarded([&] {
    Statement select(*db_, kSelectParked);
    auto rows = select.query();
    while (rows.next()) {
      Columns row(*db_, select);
      if (!visit(read_parked(row))) return;
    }
  });
}

Result<void> FileReader::each_dead_letter(const Visitor<DeadLetterRow>& visit) {
  return guarded([&] {
    Statement select(*db_, std::string(kSelectDeadLetters) + "ORDER BY id");
    auto rows = select.query();
    while (rows.next()) {
      Columns row(*db_, select);
      if (!visit(read_dead_letter(row, *db_))) return;
    }
  });
}

Result<std::optional<DeadLetterRow>> FileReader::dead_letter(std::int64_t id) {
  return guarded([&]() -> std::optional<DeadLetterRow> {
    Statement select(*db_, std::string(kSelectDeadLetters) + "WHERE id = ?");
    auto rows = select.query(id);
    if (!rows.next()) return std::nullopt;
    Columns row(*db_, select);
    return read_dead_letter(row, *db_);
  });
}

Result<std::vector<ShardRow>> FileReader::shards() {
  return guarded([&] {
    const Transaction snapshot(*db_, Transaction::Kind::kRead);
    Statement& select = statements_[kSelectShards];
    Statement& select_dead = statements_[kSelectDeadRecords];
    std::vector<ShardRow> found;
    auto rows = select.query();
    while (rows.next()) {
      Columns row(*db_, select);
      ShardRow& shard = found.emplace_back(read_shard(row));
      auto dead = select_dead.query(std::string_view(shard.stream), std::string_view(shard.shard));
      while (dead.next()) {
        shard.dead_by_reason[read_reason(select_dead.text(0), *db_)] = select_dead.integer(1);
      }
    }
    return found;
  });
}

Result<Waiting> FileReader::waiting() {
  return guarded([&] {
    const Transaction snapshot(*db_, Transaction::Kind::kRead);
    return Waiting{.parked_limits = db_->integer("SELECT count(*) FROM limit_definition WHERE user_id IS NULL"),
                   .open_dead_letters = db_->integer("SELECT count(*) FROM dead_letter WHERE state = 'open'")};
  });
}

Result<void> FileReader::each_kept_limit(const KeptFilter& filter, const Visitor<KeptLimit>& visit) {
  // By pages, each of which is a transaction: a reader that stays in one for long keeps the log from starting anew.
  constexpr std::int64_t kPage = 256;
  return guarded([&] {
    if (filter.user_limit_id) {
      const auto limits = kept_limits(kept_, filter, std::string_view(*filter.user_limit_id));
      static_cast<void>(std::ranges::all_of(limits, visit));
      return;
    }
    Statement select(*db_, kSelectKeptLimits +
                               "WHERE (d.user_limit_id, d.aggregate_id) > (?, ?) "
                               "ORDER BY d.user_limit_id, d.aggregate_id LIMIT ?");
    std::string after_limit;
    std::string after_aggregate;
    std::vector<KeptLimit> page;
    do {
      page = kept_limits(select, filter, std::string_view(after_limit), std::string_view(after_aggregate), kPage);
      if (!std::ranges::all_of(page, visit) || page.empty()) return;
      after_limit = page.back().state.user_limit_id;
      after_aggregate = page.back().state.aggregate_id;
    } while (std::ssize(page) == kPage);
  });
}

template <class... Parameters>
std::vector<KeptLimit> FileReader::kept_limits(Statement& select, const KeptFilter& filter,
                                               const Parameters&... parameters) {
  std::optional<Transaction> snapshot;  // one statement is of one state anyway
  if (filter.history) snapshot.emplace(*db_, Transaction::Kind::kRead);
  std::vector<KeptLimit> found;
  auto rows = select.query(parameters...);
  while (rows.next()) {
    Columns row(*db_, select);
    found.push_back(read_kept_limit(row));
    if (filter.history) found.back().history = chain_of(row.integer(), filter.wants ? filter.wants() : nullptr);
  }
  return found;
}

std::string FileReader::engine() {
  return std::string("SQLite ") + sqlite3_libversion();
}

Result<Space> FileReader::space() {
  return guarded([&] {
    std::error_code none;  // the log comes and goes with the processes that have the file open
    const std::string file = db_->file();
    const std::uintmax_t log = std::filesystem::file_size(file + "-wal", none);
    const std::filesystem::space_info disk = std::filesystem::space(file, none);
    return Space{.bytes = db_->integer("PRAGMA page_count") * db_->integer("PRAGMA page_size"),
                 .log_bytes = log == kUnknown ? 0 : static_cast<std::int64_t>(log),
                 .free_bytes = disk.available == kUnknown ? 0 : static_cast<std::int64_t>(disk.available)};
  });
}

Result<std::vector<std::string>> FileReader::damage(Scrutiny scrutiny) {
  return guarded([&] { return damage_of(*db_, scrutiny); });
}

Result<std::int64_t> FileReader::backup(const std::string& path, const Progress& progress) {
  return guarded([&] { return copy_to_new_file(*db_, path, progress); });
}

Result<void> FileReader::each_digest_line(const Visitor<std::string>& visit) {
  return guarded([&] {
    const Transaction snapshot(*db_, Transaction::Kind::kRead);
    static_cast<void>(digest_limits(visit) && digest_parked(visit) && digest_terms(visit) && digest_history(visit) &&
                      digest_dead_letters(visit));
  });
}

bool FileReader::digest_limits(const Visitor<std::string>& visit) {
  Statement select(*db_, kSelectLimits + "ORDER BY d.aggregate_id, d.user_limit_id");
  auto rows = select.query();
  while (rows.next()) {
    Columns row(*db_, select);
    const limits::UserLimit limit = read_limit(row);
    const std::int64_t defined_by = row.integer();
    const std::string defining_event = row.text();
    const std::int64_t sequence = row.integer();
    const std::string event_id = row.text();
    if (!visit(digest::limit_line(limit, {.sequence = {defined_by}, .event_id = defining_event},
                                  {.sequence = {sequence}, .event_id = event_id}))) {
      return false;
    }
  }
  return true;
}

bool FileReader::digest_parked(const Visitor<std::string>& visit) {
  Statement select(*db_, kSelectParked);
  auto rows = select.query();
  while (rows.next()) {
    Columns row(*db_, select);
    if (!visit(digest::parked_line(read_parked(row)))) return false;
  }
  return true;
}

bool FileReader::digest_terms(const Visitor<std::string>& visit) {
  Statement select(*db_, kSelectKeptLimits +
                             "WHERE coalesce(d.active_until_sequence, d.previous_limit_value_sequence, "
                             "d.status_sequence, d.value_sequence) IS NOT NULL "
                             "ORDER BY d.aggregate_id, d.user_limit_id");
  auto rows = select.query();
  while (rows.next()) {
    Columns row(*db_, select);
    const KeptLimit limit = read_kept_limit(row);
    for (std::size_t i = 0; i < limits::kTermCount; ++i) {
      const auto& stamp = limit.terms[i];
      if (stamp && !visit(digest::term_line(limit.state, static_cast<limits::Term>(i), stamp->view()))) return false;
    }
  }
  return true;
}

bool FileReader::digest_history(const Visitor<std::string>& visit) {
  Statement select(*db_, "SELECT limit_id FROM limit_definition ORDER BY aggregate_id, user_limit_id");
  auto rows = select.query();
  while (rows.next()) {
    for (const HistoryRow& row : chain_of(select.integer(0))) {
      if (!visit(digest::history_line(row))) return false;
    }
  }
  return true;
}

bool FileReader::digest_dead_letters(const Visitor<std::string>& visit) {
  Statement select(*db_, "SELECT reason, raw FROM dead_letter ORDER BY key");
  auto rows = select.query();
  while (rows.next()) {
    if (!visit(digest::dead_letter_line(read_reason(select.text(0), *db_), select.text(1)))) return false;
  }
  return true;
}

Result<std::unique_ptr<Reader>> open_reader(const std::string& path) {
  try {
    return std::make_unique<FileReader>(path);
  } catch (const Failure& failure) {
    return std::unexpected(failure.error);
  }
}

}  // namespace store::sqlite
