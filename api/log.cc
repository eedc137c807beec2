#include "api/log.h"

#include <array>
#include <chrono>
#include <cstdio>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace api {

void Log::write(LogLevel level, std::string_view message) const {
  constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  if (!enabled(level)) return;
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(now);
  const std::string line = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z limits-api: {}: {}\n", fmt::gmtime(seconds),
                                       (now - seconds).count(), kNames[static_cast<std::size_t>(level)], message);
  std::fwrite(line.data(), 1, line.size(), stderr);  // one call, so lines of two threads never mix
}

}  // namespace api
