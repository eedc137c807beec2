#include "tests/property/deliveries.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>

namespace tests {
namespace {

rc::Gen<EventName> any_event() {
  return rc::gen::construct<EventName>(rc::gen::inRange(0, 2), rc::gen::inRange(0, 3), rc::gen::inRange(1, 20),
                                       rc::gen::inRange(0, 2));
}

}  // namespace

void showValue(const EventName& name, std::ostream& out) {
  out << fmt::format("user {} limit {} event {}.{}", name.user, name.limit, name.sequence, name.copy);
}

namespace {

/// One after the other by sequence number: each term alone, two of them, and none there any more.
limits::Terms terms(int sequence) {
  switch (sequence % 5) {
    case 0:
      return {.value = decimal(fmt::format("{}.00", 100 + sequence))};
    case 1:
      return {.status = static_cast<limits::Status>(sequence % 4)};
    case 2:
      return {.active_until = limits::TimeMs{kStart + sequence}};
    case 3:
      return {.previous_limit_value = decimal("500"), .value = decimal(fmt::format("{}", sequence))};
    default:
      return {.active_until = std::optional<limits::TimeMs>(),
              .previous_limit_value = std::optional<limits::Decimal>()};
  }
}

}  // namespace

limits::Change event(const EventName& name) {
  // The last limit of a user has the id of the next one's first.
  const limits::LimitKey key{.aggregate_id = keep(fmt::format("user-{}", name.user)),
                             .user_limit_id = keep(fmt::format("limit-{}", name.user * 2 + name.limit))};
  const int kind = (name.sequence * 7 + name.copy * 3 + name.limit) % 6;
  const limits::Change change =
      kind == 0   ? created(name.sequence, key)
      : kind == 1 ? reset(name.sequence, key)
      : kind >= 4 ? changed(name.sequence, terms(name.sequence), key)
                  : progressed(name.sequence, fmt::format("{}.50", name.sequence), fmt::format("{}", kind), key);
  return under_id(change, fmt::format("evt-{}-{}", name.copy, name.sequence));
}

std::vector<EventName> any_events() {
  auto events = *rc::gen::container<std::vector<EventName>>(any_event()).as("events");
  std::ranges::sort(events);
  events.erase(std::ranges::unique(events).begin(), events.end());
  return events;
}

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

bool holds(const std::string& name, int cases, const std::function<void()>& property) {
  rc::detail::TestParams parameters = rc::detail::configuration().testParams;
  parameters.maxSuccess = cases;
  rc::detail::TestMetadata metadata;
  metadata.id = name;
  const auto result = rc::detail::checkTestable(property, metadata, parameters);
  const bool held = result.template is<rc::detail::SuccessResult>();
  if (!held) rc::detail::printResultMessage(result, std::cout);
  return held;
}

int run_property(int count, char** arguments, const char* says, const std::function<bool(const Trial&)>& check) {
  CLI::App app(says);
  Trial trial;
  app.add_option("--cases", trial.cases)->check(CLI::PositiveNumber);
  app.add_option("--files", trial.files)->check(CLI::PositiveNumber);
  app.add_option("--seed", trial.seed);
  CLI11_PARSE(app, count, arguments);
  // rapidcheck takes its seed from here, and prints it.
  ::setenv("RC_PARAMS", fmt::format("seed={} max_size=60", trial.seed).c_str(), 1);
  return check(trial) ? 0 : 1;
}

}  // namespace tests
