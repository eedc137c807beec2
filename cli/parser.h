#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "cli/command.h"
#include "cli/global_options.h"
#include "cli/outcome.h"

namespace cli {

/// The command line, understood.
struct Invocation {
  std::string store_url = std::string(kDefaultStore);
  Talk talk = Talk::kInfo;
  bool json = false;
  std::unique_ptr<Command> command;
};

/// What is printed instead of running a command.
struct Refusal {
  ExitCode code;     ///< kDone for --help and --version: `text` is data
  std::string text;  ///< a message, or a help text
  bool is_help = false;
};

/// Reads the arguments and the environment: an option wins over its variable, that over the default.
[[nodiscard]] std::expected<Invocation, Refusal> parse_command_line(int argc, const char* const* argv);

}  // namespace cli
