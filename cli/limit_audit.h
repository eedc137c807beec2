#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/history_reader.h"
#include "store/store.h"

namespace cli {

/// Something that is wrong with the state.
struct AuditFinding {
  std::string_view kind;  ///< "state_differs", "discrepancy", ...
  std::string limit;      ///< empty if it is about the store as a whole
  std::string aggregate;
  std::string what;
};

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
  /// False if one could not be read.
  [[nodiscard]] bool check_events(const store::KeptLimit& kept, const OnFinding& on_finding);

  store::HistoryReader reader_;
};

}  // namespace cli
