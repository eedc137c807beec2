#pragma once

#include <chrono>
#include <functional>
#include <random>

namespace aws {

struct BackoffBounds {
  int attempts = 5;  ///< in all, the first one included
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds longest{5'000};
};

/// Waits before the next attempt; a test gives one that only takes notes.
using Pause = std::function<void(std::chrono::milliseconds)>;
void sleep_for(std::chrono::milliseconds time);

/// The pauses between attempts: they double from `first` to `longest`, and each is shortened by up to half at random,
/// so that clients which failed together do not come back together.
class Backoff {
 public:
  explicit Backoff(BackoffBounds bounds);
  /// Waits and returns true, or returns false at once: no attempt is left.
  [[nodiscard]] bool wait_for_next_attempt(const Pause& pause);

 private:
  BackoffBounds bounds_;
  int failed_ = 0;
  std::minstd_rand random_;
};

}  // namespace aws
