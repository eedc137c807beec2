#pragma once

#include <optional>
#include <string>
#include <vector>

#include "limits/decimal.h"
#include "limits/event.h"

namespace limits {

/// How a limit stood right before an event, as far as the events before it say.
struct Before {
  std::optional<Decimal> progress;
  std::optional<Decimal> value;
};

/// What an event's own sums say otherwise, one sentence each, compared as numbers:
///   previousProgress and resetAmount are the progress before it
///   previousProgress + amount + remainingAmount is the value, and so is resetAmount + unusedAmount
///   resetPercentage is 100 x resetAmount / value to within 0.01, unless the value is 0
/// What the event or `before` does not name is not compared.
[[nodiscard]] std::vector<std::string> discrepancies(const Event& event, const Before& before);

}  // namespace limits
