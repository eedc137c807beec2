#include "store/sqlite/history_rows.h"

#include <algorithm>

namespace store::sqlite {
void HistoryRows::link(std::span<Outcome* const> outcomes, Limit& limit) {
  new_rows_.clear();
  const bool all_in_order = std::ranges::all_of(outcomes, &Outcome::in_order);
  if (all_in_order) {
    for (Outcome* outcome : outcomes) new_rows_.push_back(&outcome->row);
    limit.newest = chain::append(new_rows_, limit.newest, *this);
  } else {
    // Of two with one stamp, the first in the stream is the event and the other its copy.
    in_order_of_stamps_.assign(outcomes.begin(), outcomes.end());
    std::ranges::stable_sort(in_order_of_stamps_, {}, [](const Outcome* outcome) { return outcome->row.stamp; });
    for (Outcome* outcome : in_order_of_stamps_) {
      if (!new_rows_.empty() && new_rows_.back()->stamp == outcome->row.stamp) {
        outcome->row.known = true;
      } else {
        new_rows_.push_back(&outcome->row);
      }
    }
    limit.newest = chain::place(new_rows_, limit.newest, *this);
  }
  for (Outcome* outcome : outcomes) {
    outcome->has_row = !outcome->row.known;
    if (outcome->row.known && outcome->verdict == Verdict::kStale) outcome->verdict = Verdict::kDuplicate;
  }
}

void HistoryRows::insert(const limits::Change& change, const Outcome& outcome, std::int64_t limit_id,
                         std::int64_t kind_id, std::int64_t origin_id) {
  const chain::NewRow& row = outcome.row;
  std::optional<std::string_view> progress;
  if (!outcome.progress.empty()) progress = outcome.progress;
  insert_.run(row.id, chain::unless_none(row.link.previous), chain::unless_none(row.link.skip), row.link.depth,
              change.stamp.sequence.value, change.stamp.event_id, limit_id, kind_id, change.created_at.value, progress,
              change.fields, origin_id, change.origin.sequence, change.origin.sub_sequence,
              change.origin.arrival.value);
}

std::optional<chain::Row> HistoryRows::read(chain::RowId id) {
  auto rows = read_.query(id);
  if (!rows.next()) return std::nullopt;
  return chain::Row{.id = id,
                    .stamp = {.sequence = {read_.integer(0)}, .event_id = arena_.keep(read_.text(1))},
                    .link = {.previous = read_.integer(2), .skip = read_.integer(3), .depth = read_.integer(4)}};
}

void HistoryRows::set_previous(chain::RowId id, chain::RowId previous) {
  set_previous_.run(id, previous);
}

}  // namespace store::sqlite
