#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "limits/sha256.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/names.h"

namespace store::sqlite {

/// Writes dead_letter and dead_records.
class DeadLetters {
 public:
  DeadLetters(Connection& db, Names& names) : db_(db), names_(names) {}

  /// What needs no lock.
  void prepare(std::span<const DeadLetter> letters);
  /// Stores what was prepared; of a letter that is there, whatever its state, only the count changes.
  void keep(std::span<const DeadLetter> letters, const ShardProgress& shard);

  /// False, with nothing changed, for a letter that is not open.
  [[nodiscard]] bool settle(const Retry& retry, limits::TimeMs now);
  [[nodiscard]] bool discard(std::int64_t id, limits::TimeMs now);

 private:
  Connection& db_;
  Names& names_;
  std::vector<limits::Sha256Digest> keys_;

  Statement keep_{
      db_,
      "INSERT INTO dead_letter (key, reason, what, origin_id, kinesis_sequence, sub_sequence, arrival, raw) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET seen = seen + 1"};
  Statement count_{db_,
                   "INSERT INTO dead_records (stream, shard, reason, records) VALUES (?, ?, ?, 1) "
                   "ON CONFLICT (stream, shard, reason) DO UPDATE SET records = records + 1"};
  Statement settle_{db_,
                    "UPDATE dead_letter SET state = ?2, attempts = attempts + 1, handled_at = ?3, retry_what = ?4 "
                    "WHERE dead_letter_id = ?1 AND state = 'open' RETURNING dead_letter_id"};
  Statement discard_{db_,
                     "UPDATE dead_letter SET state = 'discarded', handled_at = ?2 "
                     "WHERE dead_letter_id = ?1 AND state = 'open' RETURNING dead_letter_id"};
};

}  // namespace store::sqlite
