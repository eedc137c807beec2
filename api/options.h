#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "api/log.h"

namespace api {

/// Where the server listens: a number, not a name that somebody else resolves.
struct Address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
};

/// The server's command line.
struct Options {
  std::string store = "sqlite:var/limits.db";
  Address listen;
  std::string token_file;   ///< empty: whoever reaches the server may ask
  std::string cors_origin;  ///< empty: no page of another origin may
  std::chrono::seconds stale_after{60};
  std::chrono::seconds ready_lag{300};
  std::chrono::seconds stuck_after{120};
  std::size_t max_connections = 1024;
  LogLevel log_level = LogLevel::kInfo;
  std::string get;  ///< the only request to answer, on stdout; empty: serve
  bool include_head = false;
};

/// What to print, and where, instead of running: the help, the version, or what is wrong with the command line.
struct Exit {
  int code = 0;  ///< 0: `text` is for stdout; 2 (bad usage): for stderr
  std::string text;
};

[[nodiscard]] std::expected<Options, Exit> parse_options(int argc, const char* const* argv);

}  // namespace api
