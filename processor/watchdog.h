#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

#include "kcl/line_channel.h"
#include "kcl/record_processor.h"

namespace processor {

/// Ends a child that nobody waits for any more, or that hangs. The daemon waits without limit for a child to answer,
/// and after its own end for the child's exit and for its stderr to close; so a child must go when its input hangs up
/// even while it is busy, and when a call takes longer than its limit.
class Watchdog {
 public:
  enum class Reason { kHungUp, kTooLong };
  /// Called at most once, on the watchdog's thread. It is expected to end the process without unwinding: what was not
  /// committed is rolled back and comes again.
  using End = std::function<void(Reason)>;

  /// Watches `input`, the descriptor that the daemon's lines come from. A limit of zero: none.
  Watchdog(int input, std::chrono::milliseconds limit, End end);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// What a hang-up means while the child is busy.
  enum class HangUp : bool {
    kIgnored,  ///< there is something to finish that others than the daemon need
    kEnds,     ///< nobody waits for the outcome
  };

  /// Marks the time in which the child works. One within another changes nothing.
  class Busy {
   public:
    explicit Busy(Watchdog& watchdog, HangUp hang_up = HangUp::kEnds);
    ~Busy();
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Watchdog& watchdog_;
    std::int64_t before_;
  };

 private:
  using SteadyMs = std::int64_t;
  static constexpr SteadyMs kIdle = -1;

  void watch(int input);
  [[nodiscard]] bool overdue() const;
  /// The time between two looks at the clock; a hang-up is seen at once.
  [[nodiscard]] int tick_ms() const;

  std::chrono::milliseconds limit_;
  End end_;
  std::atomic<SteadyMs> busy_since_{kIdle};
  std::atomic<HangUp> hang_up_{HangUp::kEnds};
  int stop_[2] = {};  // a pipe: its writing end is closed, which cannot fail
  std::thread thread_;
};

/// A processor whose calls are watched.
class WatchedProcessor final : public kcl::RecordProcessor {
 public:
  WatchedProcessor(kcl::RecordProcessor& inner, Watchdog& watchdog) : inner_(inner), watchdog_(watchdog) {}

  kcl::Result<void> initialize(const kcl::Initialize&) override;
  kcl::Result<void> process_records(const kcl::Batch&, kcl::Checkpointer&) override;
  kcl::Result<void> lease_lost() override;
  kcl::Result<void> shard_ended() override;
  kcl::Result<void> shutdown_requested(kcl::Checkpointer&) override;

 private:
  kcl::RecordProcessor& inner_;
  Watchdog& watchdog_;
};

/// A way to the daemon that is watched: it may stop reading, and its end of the pipe still be open. A hang-up is left
/// to whoever reads next, so that it does not matter whether it comes before the last line is through or after.
class WatchedSink final : public kcl::LineSink {
 public:
  WatchedSink(kcl::LineSink& inner, Watchdog& watchdog) : inner_(inner), watchdog_(watchdog) {}

  kcl::Result<void> write_line(std::string_view json) override;

 private:
  kcl::LineSink& inner_;
  Watchdog& watchdog_;
};

}  // namespace processor
