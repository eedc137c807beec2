#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "kcl/fd_channel.h"
#include "kcl/session.h"
#include "processor/clock.h"
#include "processor/log.h"
#include "processor/options.h"
#include "processor/patience.h"
#include "processor/pipeline.h"
#include "processor/rules_file.h"
#include "processor/watchdog.h"
#include "store/open.h"

namespace {

std::string host_and_pid() {
  char host[256] = "unknown-host";
  gethostname(host, sizeof host - 1);
  return fmt::format("{}:{}", host, getpid());
}

/// Ends the process as it stands: an open transaction is rolled back, and nothing waits for the main thread.
processor::Watchdog::End end_with(processor::Log& log, std::chrono::seconds limit) {
  return [&log, limit](processor::Watchdog::Reason reason) {
    if (reason == processor::Watchdog::Reason::kHungUp) _exit(EXIT_SUCCESS);
    log.error(
        fmt::format("one call took longer than {} s, so this process ends and the daemon with it; what was not "
                    "checkpointed comes again. Look at the disk; raise --batch-timeout if batches are that large",
                    limit.count()));
    _exit(EXIT_FAILURE);
  };
}

int fail(processor::Log& log, const std::string& what) {
  log.error(what);
  return EXIT_FAILURE;
}

/// A whole session on an open store.
int serve(const processor::Options& options, processor::RulesSource& rules, store::Store& store, int output,
          processor::Clock& clock, processor::Watchdog& watchdog, processor::Log& log) {
  processor::Pipeline pipeline({.stream = options.stream,
                                .owner = host_and_pid(),
                                .checkpoint_interval = options.checkpoint_interval,
                                .durable_batches = options.durable_batches},
                               rules, store, clock, log);
  processor::WatchedProcessor watched(pipeline, watchdog);
  kcl::FdLineSource source(STDIN_FILENO);
  kcl::FdLineSink sink(output);
  processor::WatchedSink watched_sink(sink, watchdog);
  const auto session =
      kcl::run_session(watched, source, watched_sink, clock, [&log](std::string_view what) { log.warning(what); });
  return session ? EXIT_SUCCESS : fail(log, session.error().what);
}

store::Result<std::unique_ptr<store::Store>> open_store(const std::string& url, processor::Clock& clock,
                                                        processor::Watchdog& watchdog, processor::Log& log) {
  const processor::Watchdog::Busy busy(watchdog);
  return processor::patiently(clock, log, [&] { return store::open(url); });
}

int run(const processor::Options& options) {
  processor::Log log(options.log);
  const auto output = kcl::take_daemon_streams();
  if (!output) return fail(log, output.error().what);
  auto rules = processor::RulesFile::open(options.rules, log);
  if (!rules) return fail(log, rules.error());

  processor::SystemClock clock;
  processor::Watchdog watchdog(STDIN_FILENO, options.batch_timeout, end_with(log, options.batch_timeout));
  auto store = open_store(options.store, clock, watchdog, log);
  if (!store) return fail(log, store.error().what);
  const int code = serve(options, *rules, **store, *output, clock, watchdog, log);
  // The daemon may be gone, and that is no reason to leave the store as it stands; a disk that hangs is.
  const processor::Watchdog::Busy closing(watchdog, processor::Watchdog::HangUp::kIgnored);
  store->reset();
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = processor::parse_options(argc, argv);
  if (options) return run(*options);
  std::fputs(options.error().text.c_str(), options.error().code == EXIT_SUCCESS ? stdout : stderr);
  return options.error().code;
}
