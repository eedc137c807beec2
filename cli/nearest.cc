#include "cli/nearest.h"

#include <algorithm>
#include <vector>

namespace cli {
namespace {

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> words) {
  std::optional<std::string> best;
  std::size_t best_distance = typed.size() / 3 + 1;  // more than a third wrong is another word
  for (const std::string& word : words) {
    const std::size_t d = distance(typed, word);
    if (d <= best_distance && (!best || d < best_distance)) {
      best = word;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace cli
