#pragma once

#include <span>
#include <string_view>

#include "limits/arena.h"
#include "limits/change.h"
#include "limits/event.h"
#include "limits/fault.h"
#include "limits/payload.h"

namespace limits {

/// A unit of meaning that rules route events to.
struct Handler {
  std::string_view name;
  std::string_view summary;
  std::span<const FieldSpec> fields;  ///< in the order of their names; `userLimitId` is required by each handler
  /// The groups that the event writes, and what it claims to have been before; `decide` sets the rest of the change.
  Checked<Change> (*apply)(const Payload&);
  bool defines = false;  ///< whether it writes the definition group; each writes the progress group
};

/// All handlers there are. To add one: its file, its line in this list, its source in CMake.
[[nodiscard]] std::span<const Handler* const> handlers();
[[nodiscard]] const Handler* find_handler(std::string_view name);

/// What the event does by that handler, with `Change::fields` rendered into the arena. `origin` is the caller's to set.
[[nodiscard]] Checked<Change> decide(const Event&, const Handler&, Arena&);

}  // namespace limits
