#include "processor/watchdog.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace processor {
namespace {

constexpr int kWait = -1;
/// After a hang-up the lines already in the pipe may still be worked on: this often we look if they are.
constexpr int kAfterHangUpMs = 20;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Watchdog::Watchdog(int input, std::chrono::milliseconds limit, End end) : limit_(limit), end_(std::move(end)) {
  if (pipe2(stop_, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "no pipe for the watchdog");
  thread_ = std::thread([this, input] { watch(input); });
}

Watchdog::~Watchdog() {
  close(stop_[1]);
  thread_.join();
  close(stop_[0]);
}

Watchdog::Busy::Busy(Watchdog& watchdog, HangUp hang_up) : watchdog_(watchdog), before_(watchdog.busy_since_) {
  if (before_ != kIdle) return;
  watchdog_.hang_up_ = hang_up;
  watchdog_.busy_since_ = steady_ms();
}
Watchdog::Busy::~Busy() {
  watchdog_.busy_since_ = before_;
}

void Watchdog::watch(int input) {
  pollfd fds[] = {{stop_[0], 0, 0}, {input, 0, 0}};  // no events asked for: POLLHUP and POLLERR come unasked
  bool hung_up = false;
  while (true) {
    const int ready = poll(fds, hung_up ? 1 : 2, hung_up ? kAfterHangUpMs : tick_ms());
    if (ready > 0 && fds[0].revents != 0) return;
    hung_up = hung_up || (ready > 0 && fds[1].revents != 0);
    if (hung_up && busy_since_ != kIdle && hang_up_ == HangUp::kEnds) return end_(Reason::kHungUp);
    if (overdue()) return end_(Reason::kTooLong);
  }
}

bool Watchdog::overdue() const {
  const SteadyMs since = busy_since_;
  return limit_.count() > 0 && since != kIdle && steady_ms() - since >= limit_.count();
}

int Watchdog::tick_ms() const {
  // A quarter of the limit: a call is ended at most so much too late, and an idle child hardly ever wakes.
  return limit_.count() == 0 ? kWait : static_cast<int>(std::clamp<std::int64_t>(limit_.count() / 4, 1, 60'000));
}

kcl::Result<void> WatchedProcessor::initialize(const kcl::Initialize& start) {
  const Watchdog::Busy busy(watchdog_);
  return inner_.initialize(start);
}

kcl::Result<void> WatchedProcessor::process_records(const kcl::Batch& batch, kcl::Checkpointer& checkpointer) {
  const Watchdog::Busy busy(watchdog_);
  return inner_.process_records(batch, checkpointer);
}

kcl::Result<void> WatchedProcessor::lease_lost() {
  const Watchdog::Busy busy(watchdog_);
  return inner_.lease_lost();
}

kcl::Result<void> WatchedProcessor::shard_ended() {
  const Watchdog::Busy busy(watchdog_);
  return inner_.shard_ended();
}

kcl::Result<void> WatchedProcessor::shutdown_requested(kcl::Checkpointer& checkpointer) {
  const Watchdog::Busy busy(watchdog_);
  return inner_.shutdown_requested(checkpointer);
}

kcl::Result<void> WatchedSink::write_line(std::string_view json) {
  const Watchdog::Busy busy(watchdog_, Watchdog::HangUp::kIgnored);
  return inner_.write_line(json);
}

}  // namespace processor
