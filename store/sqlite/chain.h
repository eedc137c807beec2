#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "limits/ids.h"

/// A limit's history as a chain: each row names the one before it in the order of stamps, and one far before it. So
/// rows are only ever appended, without any index, and still a place is found in a number of steps that grows with the
/// logarithm of the length.
namespace store::sqlite::chain {

/// 0 stands for no row.
using RowId = std::int64_t;

[[nodiscard]] constexpr std::optional<RowId> unless_none(RowId id) {
  return id == 0 ? std::nullopt : std::optional(id);
}

/// How a row hangs in the chain. Every row skips to the row whose depth is its own with the last digit that is not 0
/// set to 0, in base 16: 0x123 to 0x120, 0x120 to 0x100. Depths are those at the time a row came: later rows before it
/// change neither its depth nor what it skips to.
struct Link {
  RowId previous = 0;
  RowId skip = 0;
  std::int64_t depth = 0;
};

/// The newest row, or none.
struct End {
  RowId id = 0;
  RowId skip = 0;
  std::int64_t depth = 0;
};

struct Row {
  RowId id = 0;
  limits::Stamp stamp;
  Link link;
};

/// What the chain stands on.
class Rows {
 public:
  virtual ~Rows() = default;
  /// Nothing if retention took the row. The event id lives as long as the call of `place` that asked.
  virtual std::optional<Row> read(RowId id) = 0;
  virtual void set_previous(RowId id, RowId previous) = 0;
};

/// A row that is to come. Its id is higher than that of any row there is.
struct NewRow {
  RowId id = 0;
  limits::Stamp stamp;
  // What `append` and `place` say of it:
  bool known = false;     ///< a row of this stamp is there: this one is not to come
  bool conflict = false;  ///< the row of another event has its sequence number
  Link link;
};

/// The row of that stamp, else the highest below it; nothing if there is none.
[[nodiscard]] std::optional<Row> find(const limits::Stamp& stamp, RowId newest, Rows& rows);

/// Links rows that ascend by stamp, no two the same, all higher than the newest. Returns the new end.
[[nodiscard]] End append(std::span<NewRow* const> ascending, End newest, Rows& rows);

/// Links rows that ascend by stamp, no two the same, wherever they belong. Walks back once, from the newest to below
/// the lowest of them, and re-points the rows that get another one before them. Returns the new end.
[[nodiscard]] End place(std::span<NewRow* const> ascending, End newest, Rows& rows);

}  // namespace store::sqlite::chain
