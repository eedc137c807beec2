#pragma once

#include <optional>
#include <string_view>

#include "limits/ids.h"

namespace limits {

/// A point in time as ISO 8601 and RFC 3339 write it: `2026-02-28T23:59:59.5+01:00`. The offset must stand there (`Z`,
/// `+hh:mm`, `+hhmm` or `+hh`), the seconds and their fraction need not, and a space may stand for the `T`. Digits
/// beyond milliseconds are cut off. Nothing for other text, and for days and hours that there are not.
[[nodiscard]] std::optional<TimeMs> parse_iso_time(std::string_view text);

/// As people and programs name a point in time: like that, or in ms since 1970: `1772319599500`.
[[nodiscard]] std::optional<TimeMs> parse_time(std::string_view text);

}  // namespace limits
