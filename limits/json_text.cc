#include "limits/json_text.h"

#include <cstdint>
#include <cstring>

namespace limits {
namespace {

bool stands_for_itself(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

/// A word of eight bytes, each of them `byte`.
constexpr std::uint64_t each(unsigned char byte) {
  return UINT64_C(0x0101010101010101) * byte;
}

/// Not zero if a byte of the word is less than `bound`, which is at most 0x80.
constexpr std::uint64_t has_less(std::uint64_t word, unsigned char bound) {
  return (word - each(bound)) & ~word & each(0x80);
}

/// How many bytes from the beginning stand for themselves: eight at a time, for nearly all do.
std::size_t plain_size(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t word = 0; text.size() - size >= sizeof word; size += sizeof word) {
    std::memcpy(&word, text.data() + size, sizeof word);
    if ((has_less(word, 0x20) | has_less(word ^ each('"'), 1) | has_less(word ^ each('\\'), 1)) != 0) break;
  }
  while (size < text.size() && stands_for_itself(text[size])) ++size;
  return size;
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
    const std::size_t plain = plain_size(text);
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
