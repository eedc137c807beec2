#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cli {

/// The keys of the daemon's properties file, in order; the daemon passes over all others without a word.
[[nodiscard]] std::span<const std::string_view> daemon_keys();

/// The key as the daemon reads it.
[[nodiscard]] std::string daemon_key(std::string_view written);
[[nodiscard]] bool is_daemon_key(std::string_view written);
/// The key that was meant, if one is near.
[[nodiscard]] std::optional<std::string_view> nearest_daemon_key(std::string_view written);

}  // namespace cli
