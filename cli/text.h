#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "limits/ids.h"

namespace cli {

/// Text from outside, made fit for a terminal: control characters, invalid UTF-8, and the characters that reorder or
/// break a line are written as escapes ("\x1b", "\u202e"). Everything else stays.
[[nodiscard]] std::string printable(std::string_view text);

/// JSON text with those characters, which JSON allows within strings, as \uXXXX. Says the same to a parser.
[[nodiscard]] std::string printable_json(std::string_view json);

/// Columns that UTF-8 text takes on a terminal.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// "2024-04-01 19:33:20 UTC" from ms since 1970.
[[nodiscard]] std::string utc(std::int64_t ms);
/// "-" if there is none.
[[nodiscard]] std::string utc(const std::optional<std::int64_t>& ms);
/// "1,234.50 EUR". Text that is no decimal stays as it is.
[[nodiscard]] std::string money(std::string_view decimal, std::string_view currency);
/// "1,234,567"
[[nodiscard]] std::string count(std::int64_t number);
/// "1 limit", "1,234 limits"
[[nodiscard]] std::string counted(std::int64_t number, std::string_view noun);
/// "512 B", "1.2 MB"
[[nodiscard]] std::string bytes(std::int64_t number);
/// The ms of "45s", "30m", "36h" or "90d"; nothing if the text is something else.
[[nodiscard]] std::optional<std::int64_t> read_duration(std::string_view text);
/// A point in time as people write it: as `limits::parse_time` takes it, as `utc` shows it, or so long before `now`:
/// "2h ago". Nothing if the text is something else.
[[nodiscard]] std::optional<limits::TimeMs> read_time(std::string_view text, limits::TimeMs now);
/// "0 ms", "12.3 s", "5 min", "3 h", "2 days"
[[nodiscard]] std::string duration(std::int64_t ms);

}  // namespace cli
