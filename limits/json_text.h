#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace limits {

/// Strings as canonical JSON (RFC 8785): escaped is what must be, by the short form where there is one; all else stands
/// as it is, in UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// The same into memory of the caller's, who provides `json_string_room(text)` bytes. Returns the end of what was
/// written.
[[nodiscard]] char* write_json_string(char* out, std::string_view text);
[[nodiscard]] constexpr std::size_t json_string_room(std::string_view text) {
  return 2 + 6 * text.size();
}

}  // namespace limits
