#include "store/sqlite/limit_rows.h"

#include <array>

namespace store::sqlite {
namespace {

std::optional<std::int64_t> ms(const std::optional<limits::TimeMs>& time) {
  return time ? std::optional(time->value) : std::nullopt;
}

/// A number as text that lives as long as this.
class Text {
 public:
  explicit Text(const std::optional<limits::Decimal>& number) {
    if (number) text_.emplace(buffer_.data(), number->write_to(buffer_.data()));
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  [[nodiscard]] const std::optional<std::string_view>& operator*() const { return text_; }

 private:
  std::array<char, limits::Decimal::kMaxText> buffer_;
  std::optional<std::string_view> text_;
};

/// The columns of the key, then those of the definition that the batch wrote, or NULLs.
template <class... Key>
void write_definition(Statement& statement, const Limit& limit, const Key&... key) {
  constexpr auto null = std::nullopt;
  if (limit.definition == nullptr) {
    statement.run(key..., null, null, null, null, null, null, null, null, null, null, null, null);
    return;
  }
  const limits::Definition& definition = *limit.definition;
  const Text value(definition.value);
  const Text previous(definition.previous_limit_value);
  statement.run(key..., *limit.defining_event, definition.user_id, definition.brand_id, definition.currency_code,
                to_string(definition.type), to_string(definition.period), to_string(definition.status), *value,
                *previous, definition.active_from.value, ms(definition.active_until), ms(definition.created_at));
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
  limit.stamp = {.sequence = {load_.integer(0)}, .event_id = arena_.keep(load_.text(1))};
  limit.progress = arena_.keep(load_.text(2));
  limit.next_reset_time = load_.optional_integer(3);
  limit.defined_by = load_.optional_integer(4);
  limit.newest = {.id = load_.integer(5), .skip = load_.integer(7), .depth = load_.integer(6)};
  if (!load_.is_null(8)) {
    limit.floor = limits::Stamp{.sequence = {load_.integer(8)}, .event_id = arena_.keep(load_.text(9))};
  }
  return true;
}

std::string_view LimitRows::defining_event(std::int64_t limit_id) {
  auto rows = load_defining_event_.query(limit_id);
  return rows.next() ? arena_.keep(load_defining_event_.text(0)) : std::string_view();
}

bool LimitRows::is_foreign(const limits::LimitKey& key) {
  return find_foreign_.query(key.user_limit_id, key.aggregate_id).next();
}

void LimitRows::insert(const limits::LimitKey& key, std::int64_t arrival, Limit& limit) {
  write_definition(insert_, limit, key.user_limit_id, key.aggregate_id, arrival);
  limit.id = db_.last_insert_id();
}

void LimitRows::define(const Limit& limit) {
  write_definition(define_, limit, limit.id);
}

void LimitRows::save(const Limit& limit) {
  std::optional<std::int64_t> newest_depth;
  if (limit.newest.id != 0) newest_depth = limit.newest.depth;
  std::optional<std::int64_t> floor_sequence;
  std::optional<std::string_view> floor_event_id;
  if (limit.floor) {
    floor_sequence = limit.floor->sequence.value;
    floor_event_id = limit.floor->event_id;
  }
  save_.run(limit.id, limit.stamp.sequence.value, limit.stamp.event_id, limit.progress, limit.next_reset_time,
            limit.defined_by, chain::unless_none(limit.newest.id), newest_depth, chain::unless_none(limit.newest.skip),
            floor_sequence, floor_event_id);
}

}  // namespace store::sqlite
