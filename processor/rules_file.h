#pragma once

#include <expected>
#include <string>

#include "limits/rules.h"

namespace processor {

/// A rules file is written by hand. One larger than this is refused before it is parsed.
inline constexpr std::size_t kMaxRulesBytes = 4 * 1024 * 1024;

/// Reads the rules. The error names the file, what is wrong with it, and where.
[[nodiscard]] std::expected<limits::Rules, std::string> load_rules(const std::string& path);

}  // namespace processor
