#include "store/sqlite/guarded.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/rows.h"

// The parts of walks that a reader goes in many steps: each begins at a key, whatever was before it, and reads no more
// than it gives.
namespace store::sqlite {
namespace {

constexpr const char* kSelectLimits = R"sql(
  SELECT aggregate_id, user_limit_id, user_id, brand_id, currency_code, type, period, status, value, progress,
         previous_limit_value, active_from, active_until, next_reset_time, created_at
  FROM user_limits
  WHERE (user_id, user_limit_id, aggregate_id) > (?, ?, ?)
  ORDER BY user_id, user_limit_id, aggregate_id LIMIT ?)sql";
constexpr const char* kSelectLimitsOfUser = R"sql(
  SELECT aggregate_id, user_limit_id, user_id, brand_id, currency_code, type, period, status, value, progress,
         previous_limit_value, active_from, active_until, next_reset_time, created_at
  FROM user_limits
  WHERE user_id = ? AND (user_limit_id, aggregate_id) > (?, ?)
  ORDER BY user_limit_id, aggregate_id LIMIT ?)sql";

// Whoever names a change of another limit gets nothing.
constexpr const char* kSelectHistory = R"sql(
  WITH RECURSIVE chain (change_id, place) AS (
    SELECT c.change_id, 1
    FROM limit_definition AS d
      JOIN limit_progress AS p USING (limit_id)
      JOIN limit_change AS c ON c.change_id = coalesce(?3, p.newest_id) AND c.limit_id = d.limit_id
    WHERE d.aggregate_id = ?1 AND d.user_limit_id = ?2
    UNION ALL
    SELECT c.previous_id, place + 1 FROM chain JOIN limit_change AS c USING (change_id)
    WHERE c.previous_id IS NOT NULL AND place < ?4)
  SELECT h.aggregate_id, h.user_limit_id, h.sequence, h.event_id, h.type, h.handler, h.created_at, h.progress, h.fields,
         h.change_id, h.stream, h.shard, h.kinesis_sequence, h.sub_sequence, h.arrival, h.rules_version
  FROM chain CROSS JOIN limit_history AS h USING (change_id))sql";
constexpr const char* kSelectChanges = R"sql(
  SELECT aggregate_id, user_limit_id, sequence, event_id, type, handler, created_at, progress, fields, change_id, stream,
         shard, kinesis_sequence, sub_sequence, arrival, rules_version
  FROM limit_history WHERE change_id > ? ORDER BY change_id LIMIT ?)sql";

constexpr const char* kSelectParked = R"sql(
  SELECT aggregate_id, user_limit_id, progress, next_reset_time, newest_sequence, newest_event_id, events, since
  FROM parked_limits WHERE (aggregate_id, user_limit_id) > (?, ?) ORDER BY aggregate_id, user_limit_id LIMIT ?)sql";
constexpr const char* kSelectDeadLetters = R"sql(
  SELECT id, state, reason, what, raw, stream, shard, kinesis_sequence, sub_sequence, arrival, seen, rules_version,
         attempts, handled_at, retry_what
  FROM dead_letters WHERE id > ? ORDER BY id LIMIT ?)sql";

std::int64_t count(std::size_t number) {
  return static_cast<std::int64_t>(number);
}

/// All rows of a query, by `read`.
template <class Row, class Read, class... Parameters>
std::vector<Row> collect(Connection& db, Statement& select, Read read, const Parameters&... parameters) {
  std::vector<Row> found;
  auto rows = select.query(parameters...);
  while (rows.next()) {
    Columns row(db, select);
    found.push_back(read(row));
  }
  return found;
}

}  // namespace

Result<LimitPage> FileReader::limits_after(const std::optional<LimitPlace>& after, const LimitFilter& filter,
                                           std::size_t most) {
  return guarded([&] {
    const LimitPlace from = after.value_or(LimitPlace{});
    Statement& select = statements_[filter.user_id ? kSelectLimitsOfUser : kSelectLimits];
    const std::string_view user = filter.user_id ? *filter.user_id : from.user_id;
    auto rows = select.query(user, std::string_view(from.user_limit_id), std::string_view(from.aggregate_id),
                             count(kPageReach + 1));
    LimitPage page;
    LimitPlace last = from;
    for (std::size_t looked_at = 0; rows.next(); ++looked_at) {
      if (page.limits.size() == most || looked_at == kPageReach) {
        page.next = last;
        break;
      }
      Columns row(*db_, select);
      limits::UserLimit limit = read_limit(row);
      last = {.user_id = limit.user_id, .user_limit_id = limit.user_limit_id, .aggregate_id = limit.aggregate_id};
      if (filter.matches(limit)) page.limits.push_back(std::move(limit));
    }
    return page;
  });
}

Result<HistoryPage> FileReader::history_back(const limits::LimitKey& key, std::optional<std::int64_t> from,
                                             std::size_t most) {
  return guarded([&] {
    HistoryPage page{.rows = collect<HistoryRow>(*db_, statements_[kSelectHistory], read_history, key.aggregate_id,
                                                 key.user_limit_id, from, count(most + 1)),
                     .next = std::nullopt};
    if (page.rows.size() > most) {
      page.next = page.rows.back().change_id;
      page.rows.pop_back();
    }
    return page;
  });
}

Result<std::vector<HistoryRow>> FileReader::changes_after(std::int64_t change_id, std::size_t most) {
  return guarded(
      [&] { return collect<HistoryRow>(*db_, statements_[kSelectChanges], read_history, change_id, count(most)); });
}

Result<std::int64_t> FileReader::last_change() {
  return guarded([&] {
    Statement& select = statements_["SELECT value FROM counter WHERE name = 'change_id'"];
    auto rows = select.query();
    return rows.next() ? select.integer(0) : 0;
  });
}

Result<std::vector<ParkedLimit>> FileReader::parked_after(const limits::LimitKey& key, std::size_t most) {
  return guarded([&] {
    return collect<ParkedLimit>(*db_, statements_[kSelectParked], read_parked, key.aggregate_id, key.user_limit_id,
                                count(most));
  });
}

Result<std::vector<DeadLetterRow>> FileReader::dead_letters_after(std::int64_t id, std::size_t most) {
  return guarded([&] {
    const auto read = [&](Columns& row) { return read_dead_letter(row, *db_); };
    return collect<DeadLetterRow>(*db_, statements_[kSelectDeadLetters], read, id, count(most));
  });
}

}  // namespace store::sqlite
