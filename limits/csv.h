#pragma once

#include <span>
#include <string>
#include <string_view>

#include "limits/user_limit.h"

namespace limits {

/// Cells as RFC 4180 has them, without the end of the line.
[[nodiscard]] std::string csv_line(std::span<const std::string> cells);

/// The names of a limit's columns, those of its JSON form; and its line below them. A cell without a value is empty.
extern const std::string_view kCsvHeader;
[[nodiscard]] std::string to_csv(const UserLimit&);

}  // namespace limits
