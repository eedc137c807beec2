#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "limits/decimal.h"
#include "limits/event.h"
#include "limits/fault.h"
#include "limits/ids.h"
#include "limits/user_limit.h"

namespace limits {

enum class FieldKind : std::uint8_t { kId, kText, kInteger, kTime, kDecimal, kLimitType, kPeriod, kStatus };

/// A value interpreted as its kind says; an id is a text. Null is told from absent only where a field is kNullable.
using Datum = std::variant<std::monostate, std::string_view, std::int64_t, TimeMs, Decimal, LimitType, Period, Status,
                           std::nullptr_t>;

enum class Presence : std::uint8_t {
  kOptional,  ///< null is as good as absent
  kNullable,  ///< optional, and null says that there is no value
  kRequired,
};

/// Sets `out`, which must be empty, or returns the fault; that names the place, `folder` and `name` ("payload."
/// "amount"), what was expected and what was found.
[[nodiscard]] std::optional<Fault> interpret(const Value&, FieldKind, Presence, std::string_view folder,
                                             std::string_view name, Datum& out);

/// What messages and documentation call a kind: "a non-empty string"; and a value: "the number 12".
[[nodiscard]] std::string describe(FieldKind);
[[nodiscard]] std::string_view describe(Presence);
[[nodiscard]] std::string describe(const Value&);

}  // namespace limits
