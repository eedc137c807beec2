#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace kcl::internal {

/// Replaces the escapes in the text between a JSON string's quotes by what they stand for (UTF-8), over its own text:
/// the result begins where the text began. A surrogate without its other half, which Java lets out, becomes U+FFFD.
/// Nothing if an escape is none of JSON's; the text is then partly replaced.
[[nodiscard]] std::optional<std::string_view> unescape_in_place(std::span<char> text);

}  // namespace kcl::internal
