#include "cli/tally.h"

#include "cli/text.h"

namespace cli {

std::string counts_of(const store::Tally& verdicts) {
  std::string counts;
  for (std::size_t i = 0; i < store::kVerdictCount; ++i) {
    const auto verdict = static_cast<store::Verdict>(i);
    if (verdicts[verdict] == 0) continue;
    counts += (counts.empty() ? "" : ", ") + count(verdicts[verdict]) + ' ' + std::string(to_string(verdict));
  }
  return counts;
}

}  // namespace cli
