// convergence [--cases N] [--files N] [--seed S]
//
// rapidcheck: whatever the order, the repeats, the split into batches and the suffixes delivered again, a store ends in
// the digest of the events given once and in order. On the memory store with history and without, `cases` of them, and
// `files` on SQLite's. A failure is shrunk to few events, and printed. Ends with 0 if all agreed, else 1.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <rapidcheck.h>

#include "tests/contract/backends.h"
#include "tests/property/deliveries.h"

namespace tests {
namespace {

std::string digest_after(Backend& backend, const std::vector<Batch>& batches) {
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

bool check(const BackendKind& kind, bool history, int cases, std::uint64_t seed) {
  Totals totals;
  const auto name = fmt::format("{}, history {}", kind.name, history ? "on" : "off");
  const bool held = holds(name, cases, [&] {
    const std::vector<EventName> events = any_events();
    Batch once;
    for (const EventName& each : events) once.changes.push_back(event(each));
    const Delivery delivery = any_delivery(events);
    const std::string expected = digest_after(*reference(history), {once});
    RC_ASSERT(digest_after(*kind.make(history), delivery.batches) == expected);
    ++totals.cases;
    totals.replayed += delivery.replayed;
    for (const Batch& batch : delivery.batches) totals.records += batch.changes.size();
  });
  fmt::print("{}: seed {}, {} cases, {} records, {} batches replayed, {}\n", name, seed, totals.cases, totals.records,
             totals.replayed, held ? "0 differences" : "a difference");
  return held;
}

}  // namespace
}  // namespace tests

int main(int count, char** arguments) {
  return tests::run_property(count, arguments, "Any delivery of the same events ends in the same digest",
                             [](const tests::Trial& trial) {
                               bool held = true;
                               for (const tests::BackendKind& kind : tests::backend_kinds()) {
                                 const int wanted = kind.name == "memory" ? trial.cases : trial.files;
                                 for (const bool history : {true, false}) {
                                   held &= tests::check(kind, history, wanted / 2, trial.seed);
                                 }
                               }
                               return held;
                             });
}
