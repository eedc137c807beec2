#include "store/sqlite/chain.h"

#include <algorithm>

namespace store::sqlite::chain {
namespace {

constexpr std::int64_t kBase = 16;

std::int64_t depth_of_skip(std::int64_t depth) {
  std::int64_t unit = kBase;
  while (depth % unit == 0) unit *= kBase;
  return depth - depth % unit;
}

End end_at(const Row& row) {
  return {.id = row.id, .skip = row.link.skip, .depth = row.link.depth};
}

/// Reads new rows, which the store does not have yet, and old ones.
class Reading {
 public:
  Reading(std::span<NewRow* const> news, Rows& olds) : news_(news), olds_(olds) {}

  std::optional<RowId> skip_of(RowId id) {
    const auto found = std::ranges::find(news_, id, &NewRow::id);
    if (found != news_.end()) return (*found)->link.skip;
    const auto row = olds_.read(id);
    return row ? std::optional(row->link.skip) : std::nullopt;
  }

 private:
  std::span<NewRow* const> news_;
  Rows& olds_;
};

Link link_after(const End& newest, Reading rows) {
  Link link{.previous = newest.id, .skip = 0, .depth = newest.depth + 1};
  const std::int64_t wanted = depth_of_skip(link.depth);
  // The row to skip to is the newest or on its way of skips, which clear one digit after the other.
  End at = newest;
  while (at.depth > wanted) {
    at = {.id = at.skip, .skip = 0, .depth = depth_of_skip(at.depth)};
    if (at.depth <= wanted) break;
    const auto skip = rows.skip_of(at.id);
    if (!skip) return link;  // retention took the row, and with it all that could be skipped to
    at.skip = *skip;
  }
  link.skip = at.id;
  return link;
}

/// A place in the chain: between the lowest row above it and the highest row not above it.
struct Gap {
  std::optional<Row> above;
  std::optional<Row> below;
};

/// Goes on from a gap down to that of a lower stamp. If a row has the stamp, it is the one below.
Gap search(Gap gap, const limits::Stamp& stamp, Rows& rows) {
  while (gap.below && gap.below->stamp > stamp) {
    if (gap.below->link.skip != 0) {
      if (auto far = rows.read(gap.below->link.skip); far && far->stamp > stamp) {
        gap.below = far;
        continue;
      }
    }
    gap.above = gap.below;
    gap.below = gap.above->link.previous == 0 ? std::nullopt : rows.read(gap.above->link.previous);
  }
  return gap;
}

/// Marks the rows of a gap whose sequence number another row has.
void mark_conflicts(std::span<NewRow* const> run, const Gap& gap) {
  const auto has = [](const std::optional<Row>& row, const NewRow& other) {
    return row && row->stamp.sequence == other.stamp.sequence;
  };
  const NewRow* before = nullptr;
  for (NewRow* row : run) {
    row->conflict = has(gap.above, *row) || has(gap.below, *row) ||
                    (before != nullptr && before->stamp.sequence == row->stamp.sequence);
    before = row;
  }
}

}  // namespace

std::optional<Row> find(const limits::Stamp& stamp, RowId newest, Rows& rows) {
  return search({.above = std::nullopt, .below = rows.read(newest)}, stamp, rows).below;
}

End append(std::span<NewRow* const> ascending, End newest, Rows& rows) {
  for (NewRow* row : ascending) {
    row->link = link_after(newest, Reading(ascending, rows));
    newest = {.id = row->id, .skip = row->link.skip, .depth = row->link.depth};
  }
  return newest;
}

End place(std::span<NewRow* const> ascending, End newest, Rows& rows) {
  Gap gap{.above = std::nullopt, .below = newest.id == 0 ? std::nullopt : rows.read(newest.id)};
  while (!ascending.empty()) {
    NewRow& highest = *ascending.back();
    gap = search(gap, highest.stamp, rows);
    if (gap.below && gap.below->stamp == highest.stamp) {
      highest.known = true;
      ascending = ascending.first(ascending.size() - 1);
      continue;
    }
    const auto belongs_below = [&](const NewRow* row) { return gap.below && row->stamp <= gap.below->stamp; };
    const auto first = std::ranges::partition_point(ascending, belongs_below) - ascending.begin();
    const auto run = ascending.subspan(static_cast<std::size_t>(first));
    const End end = append(run, gap.below ? end_at(*gap.below) : End{}, rows);
    mark_conflicts(run, gap);
    if (gap.above) {
      rows.set_previous(gap.above->id, end.id);
    } else {
      newest = end;
    }
    ascending = ascending.first(static_cast<std::size_t>(first));
  }
  return newest;
}

}  // namespace store::sqlite::chain
