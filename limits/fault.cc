#include "limits/fault.h"

#include <algorithm>
#include <array>

#include "limits/wording.h"

namespace limits {
namespace {

/// In the order of the enumerators.
constexpr std::array<std::string_view, 7> kNames = {"bad_base64",    "bad_json",     "missing_field", "ill_typed",
                                                    "unknown_value", "out_of_range", "unrouted"};

}  // namespace

std::string_view to_string(Reason reason) {
  return kNames[static_cast<std::size_t>(reason)];
}

std::expected<Reason, std::string> parse_reason(std::string_view text) {
  const auto found = std::ranges::find(kNames, text);
  if (found == kNames.end()) {
    return std::unexpected("expected " + one_of(kNames) + ", found " + in_quotes(text) + did_you_mean(text, kNames));
  }
  return static_cast<Reason>(found - kNames.begin());
}

}  // namespace limits
