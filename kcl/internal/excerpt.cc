#include "kcl/internal/excerpt.h"

namespace kcl::internal {

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLongest = 48;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string shown;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      shown += c;
    } else {
      shown += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  if (text.size() > kLongest) shown += "...";
  return shown;
}

}  // namespace kcl::internal
