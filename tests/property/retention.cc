// retention [--cases N] [--files N] [--seed S]
//
// rapidcheck: events delivered in any way, and the oldest part of the history pruned at any moments in between. In the
// end
//   - the state is that of the events given once, in order, to a store that was never pruned;
//   - no prune took what arrived after the part that it was about;
//   - each limit's history has all events above its floor;
//   - what is left of the history folds to the state;
//   - each event that comes once more is a duplicate above the floor, and else expired, and nothing changes.
// `cases` of them in memory, and `files` on SQLite. A failure is shrunk to little, and printed. Ends with 0 if all
// held, else 1.
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <rapidcheck.h>

#include "tests/contract/backends.h"
#include "tests/property/deliveries.h"

namespace tests {
namespace {

using store::Verdict;

store::Report apply(store::Store& store, const Batch& batch) {
  const auto report = store.apply(batch.view(), store::Durability::kCommitted);
  RC_ASSERT(report.has_value());
  RC_ASSERT(report->verdicts.total() == std::ssize(batch.changes));
  return *report;
}

/// The lines of the digest that are no history.
std::vector<std::string> state_of(store::Reader& reader) {
  std::vector<std::string> lines;
  RC_ASSERT(reader
                .each_digest_line([&](const std::string& line) {
                  if (!line.starts_with("[\"history\"")) lines.push_back(line);
                  return true;
                })
                .has_value());
  return lines;
}

std::vector<std::string> state_after(const Batch& batch) {
  const auto never_pruned = reference(false);
  apply(*never_pruned->writer(), batch);
  return state_of(*never_pruned->reader());
}

std::vector<store::KeptLimit> limits_of(store::Reader& reader) {
  std::vector<store::KeptLimit> limits;
  RC_ASSERT(reader
                .each_kept_limit({},
                                 [&](const store::KeptLimit& limit) {
                                   limits.push_back(limit);
                                   return true;
                                 })
                .has_value());
  return limits;
}

/// Aggregate, limit, sequence number, event id.
using Identity = std::tuple<std::string, std::string, std::int64_t, std::string>;

Identity identity_of(const limits::Change& change) {
  return {std::string(change.key.aggregate_id), std::string(change.key.user_limit_id), change.stamp.sequence.value,
          std::string(change.stamp.event_id)};
}
Identity identity_of(const store::HistoryRow& row) {
  return {row.aggregate_id, row.user_limit_id, row.sequence, row.event_id};
}

constexpr int kParts = 12;

/// For each batch, the part of the history that is pruned after it; for four of five none.
std::vector<int> any_prunes(std::size_t batches) {
  const auto part = rc::gen::map(rc::gen::inRange(0, 5 * kParts), [](int n) { return n <= kParts ? n : 0; });
  // Of any part whatever the size of the case.
  return *rc::gen::container<std::vector<int>>(batches, rc::gen::resize(rc::kNominalSize, part)).as("pruned parts");
}

/// In the order of arrival.
std::vector<std::int64_t> change_ids_of(store::Reader& reader) {
  std::vector<std::int64_t> ids;
  for (const store::KeptLimit& limit : limits_of(reader)) {
    for (const store::HistoryRow& row : limit.history) ids.push_back(row.change_id);
  }
  std::ranges::sort(ids);
  return ids;
}

/// Prunes that part of the history. What arrived later stays.
std::int64_t prune(store::Store& store, store::Reader& reader, int part) {
  const std::vector<std::int64_t> before = change_ids_of(reader);
  if (before.empty()) return 0;
  const std::size_t oldest = before.size() * static_cast<std::size_t>(part) / kParts;
  const std::int64_t first_kept = oldest == before.size() ? before.back() + 1 : before[oldest];
  const auto taken = store.prune(first_kept, [](std::int64_t, std::int64_t) { return true; });
  RC_ASSERT(taken.has_value());
  const std::vector<std::int64_t> after = change_ids_of(reader);
  RC_ASSERT(std::ssize(before) - std::ssize(after) == *taken);
  const std::vector<std::int64_t> later(std::ranges::lower_bound(before, first_kept), before.end());
  RC_ASSERT(std::ranges::includes(after, later));
  return *taken;
}

struct Totals {
  std::size_t cases = 0;
  std::size_t records = 0;
  std::int64_t prunes = 0;
  std::int64_t pruned = 0;
  std::int64_t expired = 0;
};

/// Splits what was delivered by the floors of the limits.
struct ByFloor {
  std::vector<Identity> above;
  std::int64_t not_above = 0;

  ByFloor(const Batch& all, const std::vector<store::KeptLimit>& limits) {
    std::map<std::pair<std::string, std::string>, std::optional<store::OwnedStamp>> floors;
    for (const store::KeptLimit& limit : limits) {
      floors[{limit.state.aggregate_id, limit.state.user_limit_id}] = limit.floor;
    }
    for (const limits::Change& change : all.changes) {
      const Identity identity = identity_of(change);
      const auto& floor = floors.at({std::get<0>(identity), std::get<1>(identity)});
      if (!floor || change.stamp > floor->view()) {
        above.push_back(identity);
      } else {
        ++not_above;
      }
    }
    std::ranges::sort(above);
  }
};

void check_history(const Batch& all, const std::vector<store::KeptLimit>& limits, const ByFloor& by_floor) {
  std::map<Identity, limits::Change> changes;
  for (const limits::Change& change : all.changes) changes.emplace(identity_of(change), change);
  Batch left;
  std::vector<Identity> above;
  for (const store::KeptLimit& limit : limits) {
    for (const store::HistoryRow& row : limit.history) {
      left.changes.push_back(changes.at(identity_of(row)));
      if (!limit.may_lack_events_before(row)) above.push_back(identity_of(row));
    }
  }
  std::ranges::sort(above);
  RC_ASSERT(above == by_floor.above);
  RC_ASSERT(state_after(left) == state_after(all));
}

bool check(const BackendKind& kind, int cases, std::uint64_t seed) {
  Totals totals;
  const bool held = holds(std::string(kind.name), cases, [&] {
    const std::vector<EventName> events = any_events();
    Batch all;
    for (const EventName& each : events) all.changes.push_back(event(each));
    const Delivery delivery = any_delivery(events);
    const auto parts = any_prunes(delivery.batches.size());

    const auto backend = kind.make(true);
    const auto writer = backend->writer();
    const auto reader = backend->reader();
    for (std::size_t i = 0; i < delivery.batches.size(); ++i) {
      totals.expired += apply(*writer, delivery.batches[i]).verdicts[Verdict::kExpired];
      totals.records += delivery.batches[i].changes.size();
      if (parts[i] == 0) continue;
      totals.pruned += prune(*writer, *reader, parts[i]);
      ++totals.prunes;
    }
    RC_ASSERT(state_of(*reader) == state_after(all));
    const std::vector<store::KeptLimit> limits = limits_of(*reader);
    const ByFloor by_floor(all, limits);
    check_history(all, limits, by_floor);

    const std::string digest = reader->digest().value();
    const store::Report again = apply(*writer, all);
    RC_ASSERT(again.verdicts[Verdict::kDuplicate] == std::ssize(by_floor.above));
    RC_ASSERT(again.verdicts[Verdict::kExpired] == by_floor.not_above);
    RC_ASSERT(reader->digest().value() == digest);
    ++totals.cases;
  });
  fmt::print("{}: seed {}, {} cases, {} records, {} prunes took {} events, {} records expired, {}\n", kind.name, seed,
             totals.cases, totals.records, totals.prunes, totals.pruned, totals.expired,
             held ? "0 differences" : "a difference");
  return held;
}

}  // namespace
}  // namespace tests

int main(int count, char** arguments) {
  return tests::run_property(count, arguments, "A prune of the history never changes the state",
                             [](const tests::Trial& trial) {
                               bool held = true;
                               for (const tests::BackendKind& kind : tests::backend_kinds()) {
                                 const int wanted = kind.name == "memory" ? trial.cases : trial.files;
                                 held &= tests::check(kind, wanted, trial.seed);
                               }
                               return held;
                             });
}
