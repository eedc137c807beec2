#include "aws/base64.h"

#include <cstdint>

#include <nettle/base64.h>

namespace aws {

void append_base64(std::string& to, std::string_view data) {
  const std::size_t at = to.size();
  to.resize(at + BASE64_ENCODE_RAW_LENGTH(data.size()));
  base64_encode_raw(to.data() + at, data.size(), reinterpret_cast<const std::uint8_t*>(data.data()));
}

}  // namespace aws
