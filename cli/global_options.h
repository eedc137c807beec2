#pragma once

#include <array>
#include <string_view>

namespace cli {

inline constexpr std::string_view kDefaultStore = "sqlite:var/limits.db";
/// The words that the processor's log takes too.
inline constexpr std::array<std::string_view, 7> kLogLevels{"off",  "critical", "error", "warn",
                                                            "info", "debug",    "trace"};

/// An option of every command.
struct GlobalOption {
  std::string_view name;
  std::string_view value;     ///< its value's name in the help; empty for a flag
  std::string_view variable;  ///< of the environment; empty if there is none
  std::string_view help;
};

inline constexpr GlobalOption kStoreOption{.name = "--store",
                                           .value = "URL",
                                           .variable = "LIMITS_STORE",
                                           .help = "Where the state is (LIMITS_STORE; default: sqlite:var/limits.db)"};
inline constexpr GlobalOption kLogLevelOption{
    .name = "--log-level",
    .value = "LEVEL",
    .variable = "LIMITS_LOG_LEVEL",
    .help = "What is said on stderr: off, error, warn, info, debug (LIMITS_LOG_LEVEL; default: info)"};
inline constexpr GlobalOption kJsonOption{.name = "--json", .value = "", .variable = "", .help = "Print data as JSON"};
inline constexpr std::array kGlobalOptions{kStoreOption, kLogLevelOption, kJsonOption};

/// All variables of that prefix that mean something; LIMITS_VAR does to the scripts of the local stack.
inline constexpr std::array<std::string_view, 3> kVariables{kLogLevelOption.variable, kStoreOption.variable,
                                                            "LIMITS_VAR"};

}  // namespace cli
