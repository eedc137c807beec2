#pragma once

#include <span>
#include <string>
#include <string_view>

#include "limits/arena.h"
#include "limits/change.h"
#include "limits/event.h"
#include "limits/fault.h"

namespace limits {

enum class FieldKind : std::uint8_t { kId, kText, kMoney, kTime, kLimitType, kPeriod, kStatus };

/// What a handler reads of a payload. Messages, documentation and history are made from this.
struct FieldSpec {
  Field field;
  FieldKind kind;
  bool required;
};

/// A unit of meaning that rules route events to. `fields` are in the order of their names.
struct Handler {
  std::string_view name;
  std::string_view summary;
  std::span<const FieldSpec> fields;
  Checked<Change> (*apply)(const Event&);
};

/// All handlers there are. To add one: its file, its line in this list, its source in CMake.
[[nodiscard]] std::span<const Handler* const> handlers();
[[nodiscard]] const Handler* find_handler(std::string_view name);

/// What the event does by that handler, with `Change::fields` rendered into the arena. `origin` is the caller's to set.
[[nodiscard]] Checked<Change> decide(const Event&, const Handler&, Arena&);

}  // namespace limits
