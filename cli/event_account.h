#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "limits/rules.h"
#include "processor/decision.h"

namespace cli {

/// The way of one event by some rules, as a child would send it.
struct EventAccount {
  std::string event_id;
  std::string type;
  limits::RoutingAccount routing;  ///< without a route if the bytes cannot be read as far as the rules look
  limits::Checked<std::optional<limits::Change>> outcome;

  /// "/rules/3" or "default"; empty without a route.
  [[nodiscard]] std::string rule() const;
  /// What the rule says is done with the event: a handler's name, "ignore" or "dead_letter"; empty without a route.
  [[nodiscard]] std::string_view handler() const;
};

/// Gives account of events, one at a time.
class Accountant {
 public:
  /// `bytes` are those of a record. Views in the account live until the next one, and no longer than the rules.
  [[nodiscard]] EventAccount account_for(std::string_view bytes, const limits::Rules& rules);

 private:
  std::string padded_;
  processor::RecordReader reader_;
  limits::Arena arena_;
};

/// "/rules/3"
[[nodiscard]] std::string rule_at(std::size_t index);

/// The event as its handler got it, as one JSON object: of the payload what the handler reads.
[[nodiscard]] std::string handled_event(const limits::Change& change);

/// What the event sets in its limit, as one JSON object: each field of the groups that it writes, null for one that it
/// empties.
[[nodiscard]] std::string fields_set_by(const limits::Change& change);

}  // namespace cli
