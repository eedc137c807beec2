#pragma once

#include <string>

#include "store/store.h"

namespace cli {

/// "1,234 applied, 12 duplicate": the verdicts that there are, in their order. Empty if there are none.
[[nodiscard]] std::string counts_of(const store::Tally&);

}  // namespace cli
