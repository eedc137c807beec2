#include "processor/watchdog.h"

#include <future>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace processor {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// A pipe whose writing end the test closes, as a daemon does.
class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  }
  ~Pipe() {
    close(ends_[0]);
    hang_up();
  }
  int input() const { return ends_[0]; }
  void hang_up() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  int ends_[2];
};

/// What the watchdog would end the process for.
class Ended {
 public:
  Watchdog::End callback() {
    return [this](Watchdog::Reason reason) { reason_.set_value(reason); };
  }
  std::optional<Watchdog::Reason> within(std::chrono::milliseconds patience) {
    auto future = reason_.get_future();
    if (future.wait_for(patience) != std::future_status::ready) return std::nullopt;
    return future.get();
  }

 private:
  std::promise<Watchdog::Reason> reason_;
};

TEST(Watchdog, EndsABusyChildWhoseInputHangsUp) {
  Pipe pipe;
  Ended ended;
  Watchdog watchdog(pipe.input(), 0ms, ended.callback());
  const Watchdog::Busy busy(watchdog);
  pipe.hang_up();
  EXPECT_EQ(ended.within(10s), Watchdog::Reason::kHungUp);
}

TEST(Watchdog, EndsAChildThatGetsBusyAfterItsInputHungUp) {
  Pipe pipe;
  Ended ended;
  pipe.hang_up();
  Watchdog watchdog(pipe.input(), 0ms, ended.callback());
  const Watchdog::Busy busy(watchdog);
  EXPECT_EQ(ended.within(10s), Watchdog::Reason::kHungUp);
}

TEST(Watchdog, LeavesAnIdleChildToItsReaderWhenTheInputHangsUp) {
  Pipe pipe;
  Ended ended;
  Watchdog watchdog(pipe.input(), 0ms, ended.callback());
  {
    const Watchdog::Busy busy(watchdog);
  }
  pipe.hang_up();
  EXPECT_EQ(ended.within(100ms), std::nullopt);
}

TEST(Watchdog, EndsACallThatTakesLongerThanItsLimit) {
  Pipe pipe;
  Ended ended;
  Watchdog watchdog(pipe.input(), 20ms, ended.callback());
  const Watchdog::Busy busy(watchdog);
  EXPECT_EQ(ended.within(10s), Watchdog::Reason::kTooLong);
}

TEST(Watchdog, TakesTheTimeOfACallWithinAnotherForTheOuters) {
  Pipe pipe;
  Ended ended;
  Watchdog watchdog(pipe.input(), 50ms, ended.callback());
  const Watchdog::Busy busy(watchdog);
  {
    const Watchdog::Busy within(watchdog);
  }
  EXPECT_EQ(ended.within(10s), Watchdog::Reason::kTooLong);
}

TEST(Watchdog, TakesWhatAHangUpMeansFromTheOuterCall) {
  Pipe pipe;
  Ended ended;
  Watchdog watchdog(pipe.input(), 0ms, ended.callback());
  const Watchdog::Busy busy(watchdog, Watchdog::HangUp::kEnds);
  const Watchdog::Busy within(watchdog, Watchdog::HangUp::kIgnored);
  pipe.hang_up();
  EXPECT_EQ(ended.within(10s), Watchdog::Reason::kHungUp);
}

TEST(Watchdog, LooksOnlyAtTheTimeOfWhatAHangUpMustNotEnd) {
  Pipe pipe;
  Ended ended;
  pipe.hang_up();
  Watchdog watchdog(pipe.input(), 100ms, ended.callback());
  const Watchdog::Busy busy(watchdog, Watchdog::HangUp::kIgnored);
  EXPECT_EQ(ended.within(10s), Watchdog::Reason::kTooLong);
}

TEST(Watchdog, DoesNotMindAnIdleChild) {
  Pipe pipe;
  Ended ended;
  Watchdog watchdog(pipe.input(), 5ms, ended.callback());
  EXPECT_EQ(ended.within(100ms), std::nullopt);
}

TEST(Watchdog, StopsAtOnceWhateverItsLimit) {
  Pipe pipe;
  Ended ended;
  auto stopped = std::async(std::launch::async, [&] { const Watchdog watchdog(pipe.input(), 1h, ended.callback()); });
  EXPECT_EQ(stopped.wait_for(10s), std::future_status::ready);
}

}  // namespace
}  // namespace processor
