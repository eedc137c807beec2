#pragma once

#include <cstdint>
#include <string_view>

#include "limits/arena.h"
#include "limits/change.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/fold.h"
#include "store/sqlite/limit_cache.h"

namespace store::sqlite {

/// Reads and writes limit_definition and limit_progress.
class LimitRows {
 public:
  LimitRows(Connection& db, limits::Arena& arena) : db_(db), arena_(arena) {}

  /// The limit as it is stored; one without id if it is not. Its text lives until the next call of `remember`, or the
  /// arena's next clear.
  [[nodiscard]] Limit load(const limits::LimitKey& key, std::size_t hash);
  [[nodiscard]] DefinitionStamps definition_stamps(std::int64_t limit_id) { return terms_.load(limit_id, arena_); }
  /// Whether another aggregate has a limit of that id.
  [[nodiscard]] bool is_foreign(const limits::LimitKey& key);
  /// Stores who a new limit is, with its definition and terms if it has them, and gives it its id. `save` must follow.
  void insert(const limits::LimitKey& key, std::int64_t arrival, Limit& limit);
  /// Of a limit that was stored before, writes over the definition and the terms that changed. `save` must follow.
  void define(const Limit& limit);
  /// Writes all the rest.
  void save(const Limit& limit);

  /// A limit is stored as it is here: the next `load` need not read it, unless others write meanwhile.
  void remember(const limits::LimitKey& key, std::size_t hash, const Limit& limit) { cache_.keep(key, hash, limit); }
  /// To be called when a transaction for writing has begun, and when it was committed.
  void begun();
  void committed() { data_version_ = db_.data_version(); }
  /// After a rollback: what was remembered may never have come to be.
  void forget() { cache_.clear(); }

 private:
  [[nodiscard]] std::int64_t find_id(const limits::LimitKey& key);
  bool load_progress(Limit& limit);
  [[nodiscard]] std::optional<limits::Stamp> load_stamp(int column);

  Connection& db_;
  limits::Arena& arena_;
  LimitCache cache_;
  TermColumns terms_{db_};
  std::uint32_t data_version_ = 0;  ///< of the file, as the last transaction of ours left it

  Statement find_{db_, "SELECT limit_id FROM limit_definition WHERE user_limit_id = ? AND aggregate_id = ?"};
  Statement find_foreign_{db_, "SELECT 1 FROM limit_definition WHERE user_limit_id = ? AND aggregate_id <> ? LIMIT 1"};
  Statement load_{db_,
                  "SELECT sequence, event_id, progress, next_reset_time, defined_by, newest_id, newest_depth, "
                  "newest_skip_id, floor_sequence, floor_event_id, highest_sequence, highest_event_id FROM "
                  "limit_progress WHERE limit_id = ?"};
  Statement insert_{db_,
                    "INSERT INTO limit_definition (user_limit_id, aggregate_id, first_arrival, event_id, user_id, "
                    "brand_id, currency_code, type, period, status, value, previous_limit_value, active_from, "
                    "active_until, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement define_{db_,
                    "UPDATE limit_definition SET event_id = ?2, user_id = ?3, brand_id = ?4, currency_code = ?5, "
                    "type = ?6, period = ?7, status = ?8, value = ?9, previous_limit_value = ?10, active_from = ?11, "
                    "active_until = ?12, created_at = ?13, active_until_sequence = NULL, active_until_event_id = NULL, "
                    "previous_limit_value_sequence = NULL, previous_limit_value_event_id = NULL, "
                    "status_sequence = NULL, status_event_id = NULL, value_sequence = NULL, value_event_id = NULL "
                    "WHERE limit_id = ?1"};
  // There is no index and no trigger on the table: so replacing is writing over, and needs no look at what was there.
  Statement save_{
      db_,
      "REPLACE INTO limit_progress (limit_id, sequence, event_id, progress, next_reset_time, defined_by, "
      "newest_id, newest_depth, newest_skip_id, floor_sequence, floor_event_id, highest_sequence, highest_event_id) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
};

}  // namespace store::sqlite
