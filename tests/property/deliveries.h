#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/support/changes.h"

/// Events and the ways in which they may be delivered, drawn by rapidcheck. To be called within a property.
namespace tests {

/// Which event: all else follows from it, as an event of one id is always the same.
struct EventName {
  int user;
  int limit;
  int sequence;
  int copy;  ///< two events can have one sequence number
  friend auto operator<=>(const EventName&, const EventName&) = default;
};
void showValue(const EventName& name, std::ostream& out);  // rapidcheck's name for it

[[nodiscard]] limits::Change event(const EventName& name);

/// Different ones of a few limits, in order.
[[nodiscard]] std::vector<EventName> any_events();

/// Events in the order of a delivery, each at least once, cut into batches; after some batch all from an earlier one on
/// may come again.
struct Delivery {
  std::vector<Batch> batches;
  std::size_t replayed = 0;
};
[[nodiscard]] Delivery any_delivery(const std::vector<EventName>& events);

/// Tries a property, and prints what fails, shrunk to little. `setenv` of RC_PARAMS gave the seed before.
[[nodiscard]] bool holds(const std::string& name, int cases, const std::function<void()>& property);

/// The program of a property: options for how many cases in memory and on files, and for the seed. Ends with 0 if
/// `check` says that all held.
struct Trial {
  int cases = 100'000;
  int files = 1'000;
  std::uint64_t seed = 1;
};
int run_property(int count, char** arguments, const char* says, const std::function<bool(const Trial&)>& check);

}  // namespace tests
