#include "store/sqlite/limit_rows.h"

namespace store::sqlite {
namespace {

std::optional<std::int64_t> ms(const std::optional<limits::TimeMs>& time) {
  return time ? std::optional(time->value) : std::nullopt;
}

/// The columns of the key, then those of the definition that the batch wrote, or NULLs.
template <class... Key>
void write_definition(Statement& statement, const Limit& limit, const Key&... key) {
  constexpr auto null = std::nullopt;
  if (limit.definition == nullptr) {
    statement.run(key..., null, null, null, null, null, null, null, null, null, null, null, null);
    return;
  }
  const limits::Definition& definition = *limit.definition;
  statement.run(key..., limit.definition_stamps->event_id, definition.user_id, definition.brand_id,
                definition.currency_code, to_string(definition.type), to_string(definition.period),
                to_string(definition.status), definition.value, definition.previous_limit_value,
                definition.active_from.value, ms(definition.active_until), ms(definition.created_at));
}

}  // namespace

Limit LimitRows::load(const limits::LimitKey& key, std::size_t hash) {
  Limit limit;
  if (cache_.find(key, hash, limit)) return limit;
  if (!limit.stored()) limit.id = find_id(key);
  if (limit.stored() && !load_progress(limit)) return {};
  return limit;
}

/// A row is as good as SQLite's own copies of pages: it drops them when it sees, at the beginning of a transaction,
/// that others have written, and counts that in the version.
void LimitRows::begun() {
  cache_.begin(db_.data_version() != data_version_);
}

std::int64_t LimitRows::find_id(const limits::LimitKey& key) {
  auto rows = find_.query(key.user_limit_id, key.aggregate_id);
  return rows.next() ? find_.integer(0) : 0;
}

bool LimitRows::load_progress(Limit& limit) {
  auto rows = load_.query(limit.id);
  if (!rows.next()) return false;
  // Of a progress group that is not set, all is NULL.
  limit.stamp = {.sequence = {load_.integer(0)}, .event_id = arena_.keep(load_.text(1))};
  limit.progress = arena_.keep(load_.text(2));
  limit.next_reset_time = load_.optional_integer(3);
  limit.defined_by = load_.optional_integer(4);
  limit.newest = {.id = load_.integer(5), .skip = load_.integer(7), .depth = load_.integer(6)};
  limit.floor = load_stamp(8);
  limit.highest = load_stamp(10);
  return true;
}

std::optional<limits::Stamp> LimitRows::load_stamp(int column) {
  if (load_.is_null(column)) return std::nullopt;
  return limits::Stamp{.sequence = {load_.integer(column)}, .event_id = arena_.keep(load_.text(column + 1))};
}

bool LimitRows::is_foreign(const limits::LimitKey& key) {
  return find_foreign_.query(key.user_limit_id, key.aggregate_id).next();
}

void LimitRows::insert(const limits::LimitKey& key, std::int64_t arrival, Limit& limit) {
  write_definition(insert_, limit, key.user_limit_id, key.aggregate_id, arrival);
  limit.id = db_.last_insert_id();
  if (limit.definition_stamps) terms_.save(limit.id, *limit.definition_stamps);
}

void LimitRows::define(const Limit& limit) {
  if (limit.definition != nullptr) write_definition(define_, limit, limit.id);
  if (limit.definition != nullptr || limit.terms_changed) terms_.save(limit.id, *limit.definition_stamps);
}

void LimitRows::save(const Limit& limit) {
  const auto sequence_of = [](const std::optional<limits::Stamp>& stamp) {
    return stamp ? std::optional(stamp->sequence.value) : std::nullopt;
  };
  const auto event_of = [](const std::optional<limits::Stamp>& stamp) {
    return stamp ? std::optional(stamp->event_id) : std::nullopt;
  };
  std::optional<std::int64_t> newest_depth;
  if (limit.newest.id != 0) newest_depth = limit.newest.depth;
  std::optional<limits::Stamp> stamp;
  std::optional<std::string_view> progress;
  if (limit.has_progress()) {
    stamp = limit.stamp;
    progress = limit.progress;
  }
  save_.run(limit.id, sequence_of(stamp), event_of(stamp), progress, limit.next_reset_time, limit.defined_by,
            chain::unless_none(limit.newest.id), newest_depth, chain::unless_none(limit.newest.skip),
            sequence_of(limit.floor), event_of(limit.floor), sequence_of(limit.highest), event_of(limit.highest));
}

}  // namespace store::sqlite
