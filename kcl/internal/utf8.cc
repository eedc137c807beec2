#include "kcl/internal/utf8.h"

#include <array>

namespace kcl::internal {
namespace {

/// What may follow a lead byte: how many bytes in all, and the range of the second (it excludes overlong forms,
/// surrogates and what is beyond U+10FFFF). The others are 80..BF.
struct Sequence {
  std::size_t length;
  unsigned char low = 0x80, high = 0xbf;
};

constexpr Sequence sequence_of(unsigned char lead) {
  if (lead < 0x80) return {1};
  if (lead < 0xc2) return {0};
  if (lead < 0xe0) return {2};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead < 0xf0) return {3};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead < 0xf4) return {4};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0};
}

struct Character {
  std::size_t length;
  bool valid;
};

/// The character that `text` (not empty) begins with, or the longest part of one.
Character character_at(std::string_view text) {
  const Sequence sequence = sequence_of(static_cast<unsigned char>(text[0]));
  if (sequence.length == 0) return {1, false};
  std::size_t length = 1;
  while (length < sequence.length && length < text.size()) {
    const auto byte = static_cast<unsigned char>(text[length]);
    if (byte < (length == 1 ? sequence.low : 0x80) || byte > (length == 1 ? sequence.high : 0xbf)) break;
    ++length;
  }
  return {length, length == sequence.length};
}

}  // namespace

char* put_utf8(char* out, char32_t code_point) {
  const auto put = [&](char32_t byte) { *out++ = static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | code_point >> 6);
    put(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    put(0xe0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3f));
    put(0x80 | (code_point & 0x3f));
  } else {
    put(0xf0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3f));
    put(0x80 | (code_point >> 6 & 0x3f));
    put(0x80 | (code_point & 0x3f));
  }
  return out;
}

std::size_t append_repaired_utf8(std::string_view text, std::string& out) {
  std::size_t repaired = 0;
  std::size_t begin = 0;  // of what is valid and not appended yet
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text.substr(at));
    if (!character.valid) {
      out.append(text, begin, at - begin);
      std::array<char, 4> replacement;
      out.append(replacement.data(), put_utf8(replacement.data(), kReplacementCharacter));
      begin = at + character.length;
      ++repaired;
    }
    at += character.length;
  }
  out.append(text, begin);
  return repaired;
}

}  // namespace kcl::internal
