#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "limits/arena.h"
#include "store/sqlite/chain.h"
#include "store/sqlite/connection.h"

namespace store::sqlite {

/// Takes the oldest changes out of the history. How far that came is kept as counter `pruned`, so that each change is
/// looked at once, and an interrupted prune goes on where it was.
class Pruner final : private chain::Rows {
 public:
  explicit Pruner(Connection& db) : db_(db) {}

  struct Step {
    std::int64_t from = 0;  ///< the first change that it was about
    std::int64_t to = 0;    ///< the first that it was not about
    std::int64_t end = 0;   ///< the first that is not to be pruned; there is more to do if `to` is lower
    std::int64_t taken = 0;
  };
  /// A transaction: some of the changes below `before_change`.
  Step step(std::int64_t before_change);

 private:
  /// The highest change of each limit among some.
  struct Highest {
    chain::RowId id = 0;
    OwnedStamp stamp;
  };
  struct Change {
    chain::Row row;
    std::string handler;
    std::string fields;
  };

  /// By limit. Says in the step which changes they are.
  std::map<std::int64_t, Highest> oldest_changes(Step& step, std::int64_t before_change);
  /// Returns how many changes were taken.
  std::int64_t prune(std::int64_t limit_id, const Highest& highest, std::int64_t before_change);
  std::int64_t take_below(const chain::Row& floor, std::int64_t before_change);
  std::optional<Change> load(chain::RowId id);

  std::optional<chain::Row> read(chain::RowId id) override;
  void set_previous(chain::RowId id, chain::RowId previous) override;

  Connection& db_;
  limits::Arena arena_;

  Statement read_mark_{db_, "SELECT value FROM counter WHERE name = 'pruned'"};
  Statement read_last_{db_, "SELECT value FROM counter WHERE name = 'change_id'"};
  Statement write_mark_{
      db_, "INSERT INTO counter VALUES ('pruned', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"};
  Statement oldest_{
      db_,
      "SELECT change_id, limit_id, sequence, event_id FROM limit_change WHERE change_id >= ? AND change_id < ? "
      "ORDER BY change_id LIMIT ?"};
  Statement load_limit_{db_, "SELECT newest_id, floor_sequence, floor_event_id FROM limit_progress WHERE limit_id = ?"};
  Statement set_floor_{db_, "UPDATE limit_progress SET floor_sequence = ?2, floor_event_id = ?3 WHERE limit_id = ?1"};
  Statement load_{db_,
                  "SELECT c.sequence, c.event_id, c.previous_id, c.skip_id, c.depth, k.handler, c.fields "
                  "FROM limit_change AS c JOIN event_kind AS k USING (kind_id) WHERE c.change_id = ?"};
  Statement set_previous_{db_, "UPDATE limit_change SET previous_id = ?2 WHERE change_id = ?1"};
  Statement take_{db_, "DELETE FROM limit_change WHERE change_id = ?"};
};

}  // namespace store::sqlite
