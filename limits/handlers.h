#pragma once

#include <bitset>
#include <span>
#include <string_view>

#include "limits/arena.h"
#include "limits/change.h"
#include "limits/event.h"
#include "limits/fault.h"
#include "limits/payload.h"

namespace limits {

/// Parts of a limit, each with a stamp of its own.
struct Groups {
  bool definition = false;
  bool progress = false;
  std::bitset<kTermCount> terms{};

  /// Adds those of another. Whether one of them was not there before.
  bool add(const Groups&);
};
inline constexpr std::bitset<kTermCount> kAllTerms{(1U << kTermCount) - 1};

/// A unit of meaning that rules route events to.
struct Handler {
  std::string_view name;
  std::string_view summary;
  std::span<const FieldSpec> fields;  ///< in the order of their names; `userLimitId` is required by each handler
  /// The groups that the event writes, and what it claims to have been before; `decide` sets the rest of the change.
  Checked<Change> (*apply)(const Payload&);
  Groups writes;  ///< what its events write; of terms alone those that an event names
};

/// All handlers there are. To add one: its file, its line in this list, its source in CMake.
[[nodiscard]] std::span<const Handler* const> handlers();
[[nodiscard]] const Handler* find_handler(std::string_view name);

/// The groups that an event of the handler writes, told by the fields that its change keeps.
[[nodiscard]] Groups groups_of(const Handler&, std::string_view fields);

/// Whether `Change::fields` is wanted, which costs as much as all else of a decision.
enum class Fields : bool { kLeftOut, kRendered };

/// What the event does by that handler, with its fields rendered into the arena if they are wanted. `origin` is the
/// caller's to set.
[[nodiscard]] Checked<Change> decide(const Event&, const Handler&, Arena&, Fields = Fields::kRendered);

}  // namespace limits
