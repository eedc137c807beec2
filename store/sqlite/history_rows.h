#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "limits/arena.h"
#include "limits/change.h"
#include "store/sqlite/chain.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/fold.h"

namespace store::sqlite {

/// Reads and writes limit_change.
class HistoryRows final : private chain::Rows {
 public:
  HistoryRows(Connection& db, limits::Arena& arena) : db_(db), arena_(arena) {}

  /// Gives the outcomes of one limit, in the order of the stream, their places in its history; corrects the verdict of
  /// those that the history knows. They must be given their ids first, and be inserted afterwards.
  void link(std::span<Outcome* const> outcomes, Limit& limit);

  void insert(const limits::Change& change, const Outcome& outcome, std::int64_t limit_id, std::int64_t kind_id,
              std::int64_t origin_id);

 private:
  std::optional<chain::Row> read(chain::RowId id) override;
  void set_previous(chain::RowId id, chain::RowId previous) override;

  Connection& db_;
  limits::Arena& arena_;
  std::vector<Outcome*> in_order_of_stamps_;
  std::vector<chain::NewRow*> new_rows_;

  Statement read_{db_, "SELECT sequence, event_id, previous_id, skip_id, depth FROM limit_change WHERE change_id = ?"};
  Statement set_previous_{db_, "UPDATE limit_change SET previous_id = ?2 WHERE change_id = ?1"};
  Statement insert_{db_,
                    "INSERT INTO limit_change (change_id, previous_id, skip_id, depth, sequence, event_id, limit_id, "
                    "kind_id, created_at, progress, fields, origin_id, kinesis_sequence, sub_sequence, arrival) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
};

}  // namespace store::sqlite
