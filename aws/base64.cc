#include "aws/base64.h"

#include <cstdint>

#include <nettle/base64.h>

namespace aws {

void append_base64(std::string& to, std::string_view data) {
  const std::size_t at = to.size();
  to.resize(at + BASE64_ENCODE_RAW_LENGTH(data.size()));
  base64_encode_raw(to.data() + at, data.size(), reinterpret_cast<const std::uint8_t*>(data.data()));
}

std::optional<std::string> from_base64(std::string_view text) {
  base64_decode_ctx context;
  base64_decode_init(&context);
  std::string data(BASE64_DECODE_LENGTH(text.size()), '\0');
  std::size_t size = data.size();
  if (base64_decode_update(&context, &size, reinterpret_cast<std::uint8_t*>(data.data()), text.size(), text.data()) ==
          0 ||
      base64_decode_final(&context) == 0) {
    return std::nullopt;
  }
  data.resize(size);
  return data;
}

}  // namespace aws
