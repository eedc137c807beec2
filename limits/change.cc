#include "limits/change.h"

#include <array>

namespace limits {

std::string_view name_of(Term term) {
  static constexpr std::array<std::string_view, kTermCount> kNames = {"activeUntil", "previousLimitValue", "status",
                                                                      "value"};
  return kNames[static_cast<std::size_t>(term)];
}

std::bitset<kTermCount> Terms::written() const {
  std::bitset<kTermCount> written;
  written[static_cast<std::size_t>(Term::kActiveUntil)] = active_until.has_value();
  written[static_cast<std::size_t>(Term::kPreviousLimitValue)] = previous_limit_value.has_value();
  written[static_cast<std::size_t>(Term::kStatus)] = status.has_value();
  written[static_cast<std::size_t>(Term::kValue)] = value.has_value();
  return written;
}

}  // namespace limits
