#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limits/arena.h"
#include "limits/event.h"
#include "store/store.h"

namespace cli {

/// Something that is wrong with the state.
struct AuditFinding {
  std::string_view kind;  ///< "state_differs", "discrepancy", ...
  std::string limit;      ///< empty if it is about the store as a whole
  std::string aggregate;
  std::string what;
};

/// The event of a history row, as JSON that means the same: what the handler read of its payload is all there.
[[nodiscard]] std::string event_of(const store::HistoryRow& row);

/// A limit's members by name, with the stamps of its groups: what two states of it are compared by.
using Members = std::vector<std::pair<std::string_view, std::string>>;
[[nodiscard]] Members members_of(const store::KeptLimit& limit);

/// Folds the history of limits again, by the handlers themselves, and compares.
class LimitAudit {
 public:
  using OnFinding = std::function<void(AuditFinding)>;

  /// `folded` is what the history says that the limit is, or what a prune left of it; nothing if it cannot say it: the
  /// limit has no history, or it was read with faults, which are findings.
  struct Result {
    std::optional<store::KeptLimit> folded;
    bool differs = false;
  };
  [[nodiscard]] Result audit(const store::KeptLimit& kept, const OnFinding& on_finding);

 private:
  struct Reading {
    const limits::Event* event;  ///< until the next is read
    limits::Change change;
  };
  [[nodiscard]] limits::Checked<Reading> read_event(const store::HistoryRow& row);
  /// False if one could not be read.
  [[nodiscard]] bool read_events(const store::KeptLimit& kept, const OnFinding& on_finding);
  [[nodiscard]] std::optional<store::KeptLimit> fold() const;

  limits::Decoder decoder_;
  limits::Arena arena_;
  std::vector<limits::Change> changes_;
};

}  // namespace cli
