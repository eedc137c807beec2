// hindsight [--cases N] [--files N] [--seed S]
//
// rapidcheck: events delivered in any way, created in another order than that of their sequence numbers, and the oldest
// part of the history pruned at any moments in between. In the end, for any time
//   - each limit stood, by its history, as in a store that got nothing but the events created until then, once, in
//   order;
//   - each event that is named for a field is the one whose stamp the field's group has there, and its sum is right;
//   - the few events that are needed for that say the same as all of them;
//   - what cannot be known is so because of a prune, and never in a store that was not pruned;
//   - as it stands now, a limit is as it is stored.
// `cases` of them in memory, and `files` on SQLite. A failure is shrunk to little, and printed. Ends with 0 if all
// held, else 1.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <rapidcheck.h>

#include "store/json.h"
#include "store/standing.h"
#include "tests/contract/backends.h"
#include "tests/property/deliveries.h"

namespace tests {
namespace {

constexpr std::int64_t kTimes = 20;

limits::TimeMs time(std::int64_t number) {
  return {kStart + 1000 * number};
}

/// The same event, created at a time that its stamp decides and its sequence number does not, with all the fields that
/// its handler would have kept.
limits::Change told(limits::Change change) {
  const std::int64_t copy = change.stamp.event_id[std::string_view("evt-").size()] - '0';
  change.created_at = time((change.stamp.sequence.value * 7 + copy * 5) % kTimes);
  std::string fields(change.fields.substr(0, change.fields.size() - 1));
  fields += fmt::format(R"(,"userLimitId":"{}")", change.key.user_limit_id);
  if (const auto& definition = change.definition) {
    fields +=
        fmt::format(R"(,"brandId":"{}","currencyCode":"{}","period":"{}","status":"{}","type":"{}","userId":"{}")",
                    definition->brand_id, definition->currency_code, to_string(definition->period),
                    to_string(definition->status), to_string(definition->type), definition->user_id);
  }
  if (change.progress && !fields.contains("nextResetTime")) {
    fields += fmt::format(R"(,"nextResetTime":{})", change.progress->next_reset_time->value);
  }
  change.fields = keep(fields + '}');
  return change;
}

void apply(store::Store& store, const Batch& batch) {
  RC_ASSERT(store.apply(batch.view(), store::Durability::kCommitted).has_value());
}

using LimitName = std::pair<std::string, std::string>;

std::map<LimitName, store::KeptLimit> limits_of(store::Reader& reader, const store::KeptFilter& filter = {}) {
  std::map<LimitName, store::KeptLimit> limits;
  RC_ASSERT(reader
                .each_kept_limit(filter,
                                 [&](const store::KeptLimit& limit) {
                                   limits[{limit.state.aggregate_id, limit.state.user_limit_id}] = limit;
                                   return true;
                                 })
                .has_value());
  return limits;
}

std::string text(const std::optional<store::OwnedStamp>& stamp) {
  return stamp ? fmt::format("{} {}", stamp->sequence, stamp->event_id) : "none";
}

/// All of it but what a history alone does not say.
std::string text(const store::KeptLimit& limit) {
  std::string text = fmt::format("{} definition {} progress {}", to_json(limit.state), tests::text(limit.definition),
                                 tests::text(limit.progress));
  for (const auto& stamp : limit.terms) text += " term " + tests::text(stamp);
  return text;
}

/// What a store has of a limit that got only the events until then; a limit of which nothing is set if it got none.
store::KeptLimit reference_at(const Batch& all, const LimitName& name, limits::TimeMs at) {
  Batch until;
  std::ranges::copy_if(all.changes, std::back_inserter(until.changes),
                       [at](const limits::Change& change) { return change.created_at <= at; });
  const auto backend = reference(false);
  apply(*backend->writer(), until);
  const auto limits = limits_of(*backend->reader());
  const auto found = limits.find(name);
  if (found != limits.end()) return found->second;
  store::KeptLimit nothing;
  nothing.state.aggregate_id = name.first;
  nothing.state.user_limit_id = name.second;
  return nothing;
}

/// Of the group that the field is in.
std::optional<store::OwnedStamp> stamp_of(const store::KeptLimit& limit, std::string_view field) {
  if (field == "progress" || field == "nextResetTime") return limit.progress;
  for (std::size_t i = 0; i < limits::kTermCount; ++i) {
    if (field == name_of(static_cast<limits::Term>(i)) && limit.terms[i]) return limit.terms[i];
  }
  return limit.definition;
}

void check_causes(const store::Standing& standing) {
  std::set<std::string_view> fields;
  for (const store::Cause& cause : standing.causes) {
    RC_ASSERT(!cause.sets.empty());
    for (const std::string_view field : cause.sets) {
      RC_ASSERT(fields.insert(field).second);
      RC_ASSERT(stamp_of(standing.limit, field) ==
                store::OwnedStamp({.sequence = cause.event.sequence, .event_id = cause.event.event_id}));
    }
    if (!cause.amount) continue;
    const auto sum = limits::Decimal::add(decimal(cause.progress_before.value()), decimal(*cause.amount));
    RC_ASSERT(sum.value().to_string() == standing.limit.state.progress);
  }
  constexpr std::size_t kAll = 13;
  RC_ASSERT(!standing.limit.definition || fields.size() == kAll);
}

struct Totals {
  std::size_t cases = 0;
  std::size_t known = 0;
  std::size_t pruned = 0;
};

std::string text(const std::expected<store::Standing, store::Obscured>& standing) {
  return standing ? store::to_json(*standing, std::nullopt, true) + tests::text(standing->limit)
                  : standing.error().what;
}

/// Told by the whole history, and by what is needed of it.
std::expected<store::Standing, store::Obscured> standing(const LimitName& name, const store::KeptLimit& kept,
                                                         store::Reader& reader, std::optional<limits::TimeMs> at) {
  store::HistoryReader events;
  const store::KeptFilter filter{.user_limit_id = name.second,
                                 .wants = [at] { return store::needed_for_standing(at); }};
  const store::KeptLimit needed = limits_of(reader, filter).at(name);
  constexpr std::size_t kGroups = 2 + limits::kTermCount;
  RC_ASSERT(needed.history.size() <= 3 * kGroups);
  auto told = store::standing(kept, at, events);
  RC_ASSERT(text(told) == text(store::standing(needed, at, events)));
  return told;
}

void check_limit(const Batch& all, const LimitName& name, const store::KeptLimit& kept, store::Reader& reader,
                 Totals& totals) {
  const auto now = standing(name, kept, reader, std::nullopt);
  RC_ASSERT(now.has_value());
  RC_ASSERT(text(now->limit) == text(kept));
  check_causes(*now);
  // Before all events, after them, and in between.
  for (const std::int64_t number : {*rc::gen::inRange<std::int64_t>(-1, kTimes + 1), kTimes}) {
    const auto then = standing(name, kept, reader, time(number));
    if (!then) {
      RC_ASSERT(then.error().why == store::Obscurity::kPruned);
      RC_ASSERT(kept.floor.has_value());
      RC_ASSERT(number < kTimes);
      ++totals.pruned;
      continue;
    }
    RC_ASSERT(text(then->limit) == text(reference_at(all, name, time(number))));
    check_causes(*then);
    ++totals.known;
  }
}

/// Prunes what arrived before one of the changes.
void prune(store::Store& store, store::Reader& reader) {
  const auto last = reader.last_change();
  RC_ASSERT(last.has_value());
  const auto before = *rc::gen::inRange<std::int64_t>(1, *last + 2).as("pruned before change");
  RC_ASSERT(store.prune(before, [](std::int64_t, std::int64_t) { return true; }).has_value());
}

bool check(const BackendKind& kind, int cases, std::uint64_t seed) {
  Totals totals;
  const bool held = holds(std::string(kind.name), cases, [&] {
    const std::vector<EventName> names = any_events();
    Batch all;
    for (const EventName& each : names) all.changes.push_back(told(event(each)));
    Delivery delivery = any_delivery(names);
    const bool prunes = *rc::gen::arbitrary<bool>().as("prunes");

    const auto backend = kind.make(true);
    const auto writer = backend->writer();
    const auto reader = backend->reader();
    for (Batch& batch : delivery.batches) {
      std::ranges::transform(batch.changes, batch.changes.begin(), told);
      apply(*writer, batch);
      if (prunes && *rc::gen::inRange(0, 4) == 0) prune(*writer, *reader);
    }
    for (const auto& [name, kept] : limits_of(*reader)) check_limit(all, name, kept, *reader, totals);
    ++totals.cases;
  });
  fmt::print("{}: seed {}, {} cases, {} states of the past known, {} pruned away, {}\n", kind.name, seed, totals.cases,
             totals.known, totals.pruned, held ? "0 differences" : "a difference");
  return held;
}

}  // namespace
}  // namespace tests

int main(int count, char** arguments) {
  return tests::run_property(count, arguments, "How a limit stood is how it would stand by the events until then",
                             [](const tests::Trial& trial) {
                               bool held = true;
                               for (const tests::BackendKind& kind : tests::backend_kinds()) {
                                 const int wanted = kind.name == "memory" ? trial.cases : trial.files;
                                 held &= tests::check(kind, wanted, trial.seed);
                               }
                               return held;
                             });
}
