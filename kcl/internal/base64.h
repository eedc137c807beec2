#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace kcl::internal {

/// Decodes base64 (RFC 4648, section 4: padded, no line breaks, unused bits zero) over its own text: the bytes begin
/// where the text began. Returns how many there are, or nothing if the text is not that; then it is as it was.
[[nodiscard]] std::optional<std::size_t> decode_base64_in_place(std::span<char> text);

}  // namespace kcl::internal
