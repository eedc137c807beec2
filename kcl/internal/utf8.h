#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kcl::internal {

inline constexpr char32_t kReplacementCharacter = U'\ufffd';

/// Writes one code point as UTF-8, at most four bytes, and returns the end of what it wrote.
char* put_utf8(char* out, char32_t code_point);

/// Appends `text` to `out` with U+FFFD for every byte sequence that is not UTF-8 (one for each longest beginning of a
/// character, as the Unicode standard advises) and returns how many that were.
std::size_t append_repaired_utf8(std::string_view text, std::string& out);

}  // namespace kcl::internal
