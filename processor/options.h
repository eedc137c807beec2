#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "processor/log.h"

namespace processor {

/// The child's command line, which stands in the daemon's `executableName`.
struct Options {
  std::string store = "sqlite:var/limits.db";
  std::string stream = "user-events";
  std::string rules = "properties/rules.json";
  LogOptions log;
  std::chrono::seconds checkpoint_interval{5};
  bool durable_batches = false;
  std::chrono::seconds batch_timeout{240};  ///< less than the daemon's timeoutInSeconds, which says less
};

/// What to print, and where, instead of running: the help, the version, or what is wrong with the command line.
struct Exit {
  int code = 0;  ///< 0: `text` is for stdout; 2 (bad usage): for stderr
  std::string text;
};

[[nodiscard]] std::expected<Options, Exit> parse_options(int argc, const char* const* argv);

}  // namespace processor
