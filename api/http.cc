#include "api/http.h"

#include <algorithm>

namespace api {

bool is_header_value(std::string_view value) {
  return std::ranges::none_of(value, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

}  // namespace api
