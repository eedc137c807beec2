#include "limits/json_text.h"

#include <algorithm>

namespace limits {
namespace {

bool stands_for_itself(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

/// The letter after the backslash in a short escape, or 0.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

char* write_escaped(char* out, char c) {
  *out++ = '\\';
  if (const char letter = short_escape(c)) {
    *out++ = letter;
    return out;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out += std::string_view("u00").copy(out, 3);
  *out++ = kHex[static_cast<unsigned char>(c) >> 4];
  *out++ = kHex[static_cast<unsigned char>(c) & 15];
  return out;
}

}  // namespace

char* write_json_string(char* out, std::string_view text) {
  *out++ = '"';
  for (;;) {
    const auto* const special = std::ranges::find_if_not(text, stands_for_itself);
    const auto plain = static_cast<std::size_t>(special - text.begin());
    out += text.copy(out, plain);
    if (plain == text.size()) break;
    out = write_escaped(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  *out++ = '"';
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  out.resize(before + json_string_room(text));
  const char* end = write_json_string(out.data() + before, text);
  out.resize(static_cast<std::size_t>(end - out.data()));
}

}  // namespace limits
