#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cli {

/// The word that `typed` was most likely meant to be; nothing if none is near (by edits of one letter, or two swapped).
[[nodiscard]] std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> words);

}  // namespace cli
