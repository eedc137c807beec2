#include "store/sqlite/prune.h"

#include <algorithm>
#include <utility>

#include "store/retention.h"

namespace store::sqlite {
namespace {

/// As many as the processor applies at once: others wait for their turn meanwhile.
constexpr std::int64_t kMostAtOnce = 1000;

}  // namespace

// A step is a prune of its own: winners among winners and more are winners among all. So each change is read when its
// turn comes, in the order of the table, and the base of the steps before is walked over with the changes of this one.
Pruner::Step Pruner::step(std::int64_t before_change) {
  Transaction transaction(db_, Transaction::Kind::kWrite);
  arena_.clear();
  Step step;
  for (const auto& [limit_id, highest] : oldest_changes(step, before_change)) {
    step.taken += prune(limit_id, highest, step.to);
  }
  if (step.to > step.from) write_mark_.run(step.to - 1);
  transaction.commit();
  return step;
}

std::map<std::int64_t, Pruner::Highest> Pruner::oldest_changes(Step& step, std::int64_t before_change) {
  {
    auto rows = read_mark_.query();
    step.from = rows.next() ? read_mark_.integer(0) + 1 : 1;
    // Changes to come have higher ids than any that was given out, and their turn is not now.
    auto last = read_last_.query();
    const std::int64_t next_id = last.next() ? read_last_.integer(0) + 1 : 1;
    step.end = std::max(step.from, std::min(before_change, next_id));
  }
  std::map<std::int64_t, Highest> found;
  std::int64_t number = 0;
  auto rows = oldest_.query(step.from, step.end, kMostAtOnce);
  while (rows.next()) {
    ++number;
    step.to = oldest_.integer(0) + 1;
    Highest& highest = found[oldest_.integer(1)];
    OwnedStamp stamp{.sequence = oldest_.integer(2), .event_id = std::string(oldest_.text(3))};
    if (highest.id == 0 || stamp > highest.stamp) highest = {.id = oldest_.integer(0), .stamp = std::move(stamp)};
  }
  if (number < kMostAtOnce) step.to = step.end;
  return found;
}

std::int64_t Pruner::prune(std::int64_t limit_id, const Highest& highest, std::int64_t before_change) {
  chain::RowId newest = 0;
  std::optional<limits::Stamp> floor;
  {
    auto rows = load_limit_.query(limit_id);
    if (!rows.next()) return 0;
    newest = load_limit_.integer(0);
    if (!load_limit_.is_null(1)) {
      floor = {.sequence = {load_limit_.integer(1)}, .event_id = arena_.keep(load_limit_.text(2))};
    }
  }
  // Late events: what stands at the floor was pruned before them.
  if (floor && *floor > highest.stamp.view()) {
    const auto at_floor = chain::find(*floor, newest, *this);
    return at_floor ? take_below(*at_floor, before_change) : 0;
  }
  set_floor_.run(limit_id, highest.stamp.sequence, std::string_view(highest.stamp.event_id));
  const auto at_floor = read(highest.id);
  return at_floor ? take_below(*at_floor, before_change) : 0;
}

/// Nothing above the floor is about to go, and the row of the floor stays, so the chain down to it stays as it is.
std::int64_t Pruner::take_below(const chain::Row& floor, std::int64_t before_change) {
  Retention retention(before_change);
  std::int64_t taken = 0;
  chain::Row above;
  for (chain::RowId id = floor.id; id != 0;) {
    const auto change = load(id);
    if (!change) break;
    id = change->row.link.previous;
    if (retention.takes(change->row.id, change->handler, change->fields)) {
      take_.run(change->row.id);
      ++taken;
      continue;
    }
    if (above.id != 0 && above.link.previous != change->row.id) set_previous(above.id, change->row.id);
    above = change->row;
  }
  if (above.link.previous != 0) set_previous(above.id, 0);
  return taken;
}

std::optional<Pruner::Change> Pruner::load(chain::RowId id) {
  auto rows = load_.query(id);
  if (!rows.next()) return std::nullopt;
  return Change{.row = {.id = id,
                        .stamp = {.sequence = {load_.integer(0)}, .event_id = arena_.keep(load_.text(1))},
                        .link = {.previous = load_.integer(2), .skip = load_.integer(3), .depth = load_.integer(4)}},
                .handler = std::string(load_.text(5)),
                .fields = std::string(load_.text(6))};
}

std::optional<chain::Row> Pruner::read(chain::RowId id) {
  const auto change = load(id);
  return change ? std::optional(change->row) : std::nullopt;
}

void Pruner::set_previous(chain::RowId id, chain::RowId previous) {
  set_previous_.run(id, chain::unless_none(previous));
}

}  // namespace store::sqlite
