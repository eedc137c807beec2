#include "kcl/internal/base64.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace kcl::internal {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t kBad = 0xff000000;

using Table = std::array<std::uint32_t, 256>;

/// What each letter stands for, already where a group of four has it: a group is four look-ups and three ORs.
constexpr Table table_shifted_by(unsigned shift) {
  Table table;
  table.fill(kBad);
  for (std::uint32_t sextet = 0; sextet < kAlphabet.size(); ++sextet) {
    table[static_cast<unsigned char>(kAlphabet[sextet])] = sextet << shift;
  }
  return table;
}

constexpr std::array<Table, 4> kTables = {table_shifted_by(18), table_shifted_by(12), table_shifted_by(6),
                                          table_shifted_by(0)};

/// The 24 bits of four letters; kBad is set in it if one of them is no letter.
std::uint32_t group(const char* letters) {
  return kTables[0][static_cast<unsigned char>(letters[0])] | kTables[1][static_cast<unsigned char>(letters[1])] |
         kTables[2][static_cast<unsigned char>(letters[2])] | kTables[3][static_cast<unsigned char>(letters[3])];
}

void put_bytes(char* out, std::uint32_t bits) {
  out[0] = static_cast<char>(bits >> 16);
  out[1] = static_cast<char>(bits >> 8);
  out[2] = static_cast<char>(bits);
}

/// Undoes the decoding of the first `groups` groups. Whole groups decode one to one, so nothing of the text is lost.
void encode_again(char* text, std::size_t groups) {
  for (std::size_t i = groups; i-- > 0;) {
    const auto byte = [&](std::size_t n) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(text[3 * i + n]));
    };
    const std::uint32_t bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (unsigned letter = 0; letter < 4; ++letter) text[4 * i + letter] = kAlphabet[bits >> (18 - 6 * letter) & 63];
  }
}

}  // namespace

std::optional<std::size_t> decode_base64_in_place(std::span<char> text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return 0;

  char* const begin = text.data();
  const std::size_t groups = text.size() / 4;
  const std::string_view letters(begin, text.size());
  const std::size_t padding = letters.ends_with("==") ? 2 : letters.ends_with('=');
  const std::size_t whole_groups = padding == 0 ? groups : groups - 1;
  for (std::size_t i = 0; i < whole_groups; ++i) {
    const std::uint32_t bits = group(begin + 4 * i);
    if (bits & kBad) {
      encode_again(begin, i);
      return std::nullopt;
    }
    put_bytes(begin + 3 * i, bits);
  }
  if (padding == 0) return 3 * groups;

  std::array<char, 4> last = {'A', 'A', 'A', 'A'};
  for (std::size_t i = 0; i < 4 - padding; ++i) last[i] = begin[4 * whole_groups + i];
  const std::uint32_t bits = group(last.data());
  const std::uint32_t unused = padding == 1 ? 0xff : 0xffff;
  if (bits & (kBad | unused)) {
    encode_again(begin, whole_groups);
    return std::nullopt;
  }
  char* const out = begin + 3 * whole_groups;
  out[0] = static_cast<char>(bits >> 16);
  if (padding == 1) out[1] = static_cast<char>(bits >> 8);
  return 3 * groups - padding;
}

}  // namespace kcl::internal
