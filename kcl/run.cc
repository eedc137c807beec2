#include "kcl/run.h"

#include <cstdlib>
#include <iostream>
#include <thread>

#include <unistd.h>

#include "kcl/fd_channel.h"
#include "kcl/session.h"

namespace kcl {
namespace {

class SteadyClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() override { return std::chrono::steady_clock::now(); }
  void sleep_for(std::chrono::milliseconds time) override { std::this_thread::sleep_for(time); }
};

void complain(std::string_view what) {
  std::cerr << what << '\n';
}

}  // namespace

int run(RecordProcessor& processor) {
  const auto output = take_daemon_streams();
  if (!output) {
    complain(output.error().what);
    return EXIT_FAILURE;
  }
  FdLineSource source(STDIN_FILENO);
  FdLineSink sink(*output);
  SteadyClock clock;
  const auto session = run_session(processor, source, sink, clock, complain);
  if (!session) complain(session.error().what);
  return session ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace kcl
