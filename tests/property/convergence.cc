// convergence [--cases N] [--files N] [--seed S]
//
// rapidcheck: whatever the order, the repeats, the split into batches and the suffixes delivered again, a store ends in
// the digest of the events given once and in order. On the memory store with history and without, `cases` of them, and
// `files` on SQLite's. A failure is shrunk to few events, and printed. Ends with 0 if all agreed, else 1.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>

#include "tests/contract/backends.h"
#include "tests/support/changes.h"

namespace {

using tests::Batch;

/// Which event: all else follows from it, as an event of one id is always the same.
struct EventName {
  int user;
  int limit;
  int sequence;
  int copy;  ///< two events can have one sequence number
  friend auto operator<=>(const EventName&, const EventName&) = default;
};

void showValue(const EventName& name, std::ostream& out) {
  out << fmt::format("user {} limit {} event {}.{}", name.user, name.limit, name.sequence, name.copy);
}

limits::Change event(const EventName& name) {
  // The last limit of a user has the id of the next one's first.
  const limits::LimitKey key{.aggregate_id = tests::keep(fmt::format("user-{}", name.user)),
                             .user_limit_id = tests::keep(fmt::format("limit-{}", name.user * 2 + name.limit))};
  const int kind = (name.sequence * 7 + name.copy * 3 + name.limit) % 4;
  const limits::Change change =
      kind == 0   ? tests::created(name.sequence, key)
      : kind == 1 ? tests::reset(name.sequence, key)
                  : tests::progressed(name.sequence, fmt::format("{}.50", name.sequence), fmt::format("{}", kind), key);
  return tests::under_id(change, fmt::format("evt-{}-{}", name.copy, name.sequence));
}

rc::Gen<EventName> any_event() {
  return rc::gen::construct<EventName>(rc::gen::inRange(0, 2), rc::gen::inRange(0, 3), rc::gen::inRange(1, 20),
                                       rc::gen::inRange(0, 2));
}

/// Events in the order of a delivery, each at least once, cut into batches; after some batch all from an earlier one on
/// may come again.
struct Delivery {
  std::vector<Batch> batches;
  std::size_t replayed = 0;
};

Delivery any_delivery(const std::vector<EventName>& events) {
  std::vector<EventName> records = events;
  if (!events.empty()) {
    const auto repeats = *rc::gen::container<std::vector<EventName>>(rc::gen::elementOf(events)).as("repeats");
    records.insert(records.end(), repeats.begin(), repeats.end());
  }
  // rapidcheck shrinks the numbers that records are sorted by to zeros: to the order as given.
  const auto places = *rc::gen::container<std::vector<int>>(records.size(), rc::gen::inRange(0, 1000)).as("places");
  std::vector<std::size_t> order(records.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return places[i]; });

  const auto size = *rc::gen::inRange<std::size_t>(1, 12).as("records of a batch");
  Delivery delivery;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i % size == 0) delivery.batches.emplace_back();
    delivery.batches.back().changes.push_back(event(records[order[i]]));
  }
  const auto from = *rc::gen::inRange<std::size_t>(0, delivery.batches.size() + 1).as("replayed from batch");
  delivery.replayed = delivery.batches.size() - from;
  for (std::size_t i = from, end = delivery.batches.size(); i < end; ++i) {
    delivery.batches.push_back(delivery.batches[i]);
  }
  return delivery;
}

std::string digest_after(tests::Backend& backend, const std::vector<Batch>& batches) {
  const auto writer = backend.writer();
  for (const Batch& batch : batches) {
    const auto report = writer->apply(batch.view(), store::Durability::kCommitted);
    RC_ASSERT(report.has_value());
    RC_ASSERT(report->verdicts.total() == std::ssize(batch.changes));
  }
  return backend.reader()->digest().value();
}

struct Totals {
  std::size_t cases = 0;
  std::size_t records = 0;
  std::size_t replayed = 0;
};

bool check(const tests::BackendKind& kind, bool history, int cases, std::uint64_t seed) {
  Totals totals;
  const auto name = fmt::format("{}, history {}", kind.name, history ? "on" : "off");
  rc::detail::TestParams parameters = rc::detail::configuration().testParams;
  parameters.maxSuccess = cases;
  rc::detail::TestMetadata metadata;
  metadata.id = name;
  const auto result = rc::detail::checkTestable(
      [&] {
        std::vector<EventName> events = *rc::gen::container<std::vector<EventName>>(any_event()).as("events");
        std::ranges::sort(events);
        events.erase(std::ranges::unique(events).begin(), events.end());
        Batch once;
        for (const EventName& each : events) once.changes.push_back(event(each));
        const Delivery delivery = any_delivery(events);
        const std::string expected = digest_after(*tests::reference(history), {once});
        RC_ASSERT(digest_after(*kind.make(history), delivery.batches) == expected);
        ++totals.cases;
        totals.replayed += delivery.replayed;
        for (const Batch& batch : delivery.batches) totals.records += batch.changes.size();
      },
      metadata, parameters);
  const bool held = result.template is<rc::detail::SuccessResult>();
  if (!held) rc::detail::printResultMessage(result, std::cout);
  fmt::print("{}: seed {}, {} cases, {} records, {} batches replayed, {}\n", name, seed, totals.cases, totals.records,
             totals.replayed, held ? "0 differences" : "a difference");
  return held;
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("Any delivery of the same events ends in the same digest");
  int cases = 100'000;
  int files = 1'000;
  std::uint64_t seed = 1;
  app.add_option("--cases", cases)->check(CLI::PositiveNumber);
  app.add_option("--files", files)->check(CLI::PositiveNumber);
  app.add_option("--seed", seed);
  CLI11_PARSE(app, count, arguments);
  // rapidcheck takes its seed from here, and prints it.
  ::setenv("RC_PARAMS", fmt::format("seed={} max_size=60", seed).c_str(), 1);
  bool held = true;
  for (const tests::BackendKind& kind : tests::backend_kinds()) {
    const int wanted = kind.name == "memory" ? cases : files;
    for (const bool history : {true, false}) held &= check(kind, history, wanted / 2, seed);
  }
  return held ? 0 : 1;
}
