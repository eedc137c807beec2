#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace cli {

/// What the process ends with: an interface, described in docs/cli.md.
enum class ExitCode : std::uint8_t {
  kDone = 0,
  kFailed = 1,            ///< or a finding: the command did its work and something is wrong with the state
  kUsage = 2,             ///< bad arguments, or a setting is missing
  kNotFound = 3,          ///< no such id
  kStoreUnavailable = 4,  ///< not there, not readable, not ours
};

/// `what` names what failed, where, and what to do.
struct Failure {
  ExitCode code;
  std::string what;
};

template <class T>
using Outcome = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(ExitCode code, std::string what) {
  return std::unexpected(Failure{.code = code, .what = std::move(what)});
}

}  // namespace cli
