#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/resource.h>

#include "api/log.h"
#include "api/one_answer.h"
#include "api/options.h"
#include "api/server.h"
#include "api/service.h"
#include "store/open.h"

namespace {

/// Each connection is an open file, and the database has some.
void allow_open_files(std::size_t connections, const api::Log& log) {
  constexpr rlim_t kOthers = 64;
  const rlim_t needed = connections + kOthers;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return;
  if (limit.rlim_max < needed) {
    log.warning(
        fmt::format("{} connections need {} open files, and {} are allowed: raise `ulimit -Hn`, or lower "
                    "--max-connections",
                    connections, needed, limit.rlim_max));
  }
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

bool is_loopback(const std::string& host) {
  return host.starts_with("127.") || host == "::1";
}

int fail(const api::Log& log, const std::string& what) {
  log.error(what);
  return EXIT_FAILURE;
}

int serve(const api::Options& options, api::Service& service, const api::Log& log) {
  allow_open_files(options.max_connections, log);
  auto server = api::Server::open(options.listen, options.max_connections, service, log);
  if (!server) return fail(log, server.error());
  std::printf("limits-api serves %s at %s\n", options.store.c_str(), server->url().c_str());
  std::fflush(stdout);
  server->run();
  return EXIT_SUCCESS;
}

int run(const api::Options& options) {
  const api::Log log(options.log_level);
  const bool serves = options.get.empty();
  std::optional<api::Token> token;
  if (serves && !options.token_file.empty()) {
    auto loaded = api::Token::load(options.token_file);
    if (!loaded) return fail(log, loaded.error());
    token = *loaded;
  } else if (serves && !is_loopback(options.listen.host)) {
    log.warning("whoever reaches " + options.listen.host + " can read every limit: ask for a token with --token-file");
  }
  api::StoreSource store([url = options.store] { return store::open_reader(url); });
  // A store that is not there yet may come; a URL that no store understands will not.
  if (const auto now = store.reader(std::chrono::steady_clock::now()); !now) {
    if (now.error().code == store::Errc::kFatal) return fail(log, now.error().what);
    log.warning(now.error().what);
  }
  api::Service service({.token = token,
                        .cors_origin = options.cors_origin,
                        .stale_after = options.stale_after,
                        .ready_lag = options.ready_lag,
                        .stuck_after = options.stuck_after},
                       std::move(store), log);
  if (serves) return serve(options, service, log);
  return static_cast<int>(api::print_answer(service, options.get, options.include_head, [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }));
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = api::parse_options(argc, argv);
  if (options) return run(*options);
  std::fputs(options.error().text.c_str(), options.error().code == EXIT_SUCCESS ? stdout : stderr);
  return options.error().code;
}
