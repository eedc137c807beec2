#pragma once

#include "kcl/session.h"
#include "limits/ids.h"

namespace processor {

/// All the time that the child knows: the steady clock for intervals and pauses, the wall clock for rows that people
/// read.
class Clock : public kcl::Clock {
 public:
  [[nodiscard]] virtual limits::TimeMs wall() = 0;
};

/// The host's clocks.
class SystemClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() override;
  void sleep_for(std::chrono::milliseconds) override;
  limits::TimeMs wall() override;
};

}  // namespace processor
