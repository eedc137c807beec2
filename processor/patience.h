#pragma once

#include <chrono>

#include "processor/clock.h"
#include "processor/log.h"
#include "store/store.h"

namespace processor {

inline constexpr int kBusyTries = 3;  ///< each waits as long as the store waits for others
inline constexpr std::chrono::seconds kBusyPause{1};

/// Asks a store for something, and again while it is busy, a bounded number of times. Each time the log says why.
template <class Ask>
[[nodiscard]] auto patiently(Clock& clock, Log& log, const Ask& ask) {
  auto answer = ask();
  for (int tries = 1; !answer && answer.error().code == store::Errc::kBusy && tries < kBusyTries; ++tries) {
    log.warning(answer.error().what + " Trying again.");
    clock.sleep_for(kBusyPause);
    answer = ask();
  }
  return answer;
}

}  // namespace processor
