#include "api/options.h"

#include <charconv>
#include <map>
#include <optional>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>

#include "api/http.h"

namespace api {
namespace {

const std::map<std::string, LogLevel> kLevels = {{"debug", LogLevel::kDebug},
                                                 {"info", LogLevel::kInfo},
                                                 {"warning", LogLevel::kWarning},
                                                 {"error", LogLevel::kError}};

constexpr const char* kDescription =
    "Serves the limits of a store over HTTP, for reading only. It may start before any processor and stays when they "
    "leave.\n\n"
    "  limits-api --store sqlite:var/limits.db\n"
    "  curl http://127.0.0.1:8080/user-limits/LIMIT";

bool is_address(const std::string& host) {
  in6_addr buffer{};
  return inet_pton(AF_INET, host.c_str(), &buffer) == 1 || inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

/// "127.0.0.1:8080", "[::1]:8080", "localhost:0".
std::optional<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.contains(':')) {
    return std::nullopt;
  }
  if (host == "localhost") host = "127.0.0.1";
  Address address{.host = std::move(host)};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  const bool is_port = error == std::errc() && end == digits.data() + digits.size();
  return is_port && is_address(address.host) ? std::optional(address) : std::nullopt;
}

std::string check_address(const std::string& text) {
  return parse_address(text) ? "" : "expected HOST:PORT, as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:80; found " + text;
}

std::string check_origin(const std::string& text) {
  const bool is_origin = (text.starts_with("http://") || text.starts_with("https://")) && !text.ends_with('/');
  return text.empty() || text == "*" || (is_origin && is_header_value(text))
             ? ""
             : "expected * or an origin, as https://desk.example; found " + text;
}

Exit wrong(const std::string& what) {
  return {2, "limits-api: " + what + "\nSee the flags there are: limits-api --help\n"};
}

}  // namespace

std::expected<Options, Exit> parse_options(int argc, const char* const* argv) {
  Options options;
  std::string listen = "127.0.0.1:8080";
  std::int64_t stale_after = options.stale_after.count();
  std::int64_t ready_lag = options.ready_lag.count();
  std::int64_t stuck_after = options.stuck_after.count();

  CLI::App app(kDescription, "limits-api");
  app.option_defaults()->always_capture_default();
  app.set_version_flag("--version", "limits-api " USER_LIMITS_VERSION);
  app.add_option("--store", options.store, "where limits are kept: sqlite:PATH")
      ->envname("LIMITS_STORE")
      ->type_name("URL");
  app.add_option("--listen", listen, "address to serve at; port 0: a free one")
      ->type_name("HOST:PORT")
      ->check(CLI::Validator(check_address, ""));
  app.add_option("--token-file", options.token_file, "file with the token that clients must show; empty: none")
      ->type_name("FILE");
  app.add_option("--cors-origin", options.cors_origin, "pages of that origin may ask, or * for all; empty: none")
      ->type_name("ORIGIN")
      ->check(CLI::Validator(check_origin, ""));
  app.add_option("--stale-after", stale_after, "answers say that they are stale if the shards are so far behind")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400));
  app.add_option("--ready-lag", ready_lag, "not ready if the shards are so far behind; 0: however far")
      ->type_name("SECONDS")
      ->check(CLI::Range(0, 86400));
  app.add_option("--stuck-after", stuck_after, "unhealthy if a shard is so far behind, and for so long got no further")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400));
  app.add_option("--max-connections", options.max_connections,
                 "at one time; one more takes the place of the one that has waited longest without a request")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--get", options.get, "answer this one request on stdout instead of serving: `limits api get` does")
      ->type_name("PATH");
  app.add_flag("--include", options.include_head, "with --get: status and headers too");
  app.add_option("--log-level", options.log_level, "debug (each request), info, warning or error")
      ->transform(CLI::CheckedTransformer(kLevels, CLI::ignore_case))
      ->type_name("LEVEL")
      ->default_str("info");

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(Exit{0, app.help()});
  } catch (const CLI::CallForVersion& version) {
    return std::unexpected(Exit{0, std::string(version.what()) + "\n"});
  } catch (const CLI::ParseError& error) {
    return std::unexpected(wrong(error.what()));
  }
  options.listen = *parse_address(listen);
  options.stale_after = std::chrono::seconds(stale_after);
  options.ready_lag = std::chrono::seconds(ready_lag);
  options.stuck_after = std::chrono::seconds(stuck_after);
  return options;
}

}  // namespace api
