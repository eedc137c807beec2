#include "processor/clock.h"

#include <thread>

namespace processor {

std::chrono::steady_clock::time_point SystemClock::now() {
  return std::chrono::steady_clock::now();
}

void SystemClock::sleep_for(std::chrono::milliseconds pause) {
  std::this_thread::sleep_for(pause);
}

limits::TimeMs SystemClock::wall() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

}  // namespace processor
