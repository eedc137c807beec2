#include "aws/backoff.h"

#include <algorithm>
#include <thread>

namespace aws {

void sleep_for(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);
}

Backoff::Backoff(BackoffBounds bounds) : bounds_(bounds), random_(std::random_device{}()) {}

bool Backoff::wait_for_next_attempt(const Pause& pause) {
  if (++failed_ >= bounds_.attempts) return false;
  constexpr int kMostDoublings = 20;  // far beyond any sensible `longest`, and no overflow
  const auto whole = std::min(bounds_.first * (1 << std::min(failed_ - 1, kMostDoublings)), bounds_.longest);
  std::uniform_int_distribution<std::int64_t> some(whole.count() / 2, whole.count());
  pause(std::chrono::milliseconds(some(random_)));
  return true;
}

}  // namespace aws
