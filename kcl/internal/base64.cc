#include "kcl/internal/base64.h"

#include <array>
#include <cstdint>
#include <string_view>

#ifdef __x86_64__
#include <immintrin.h>
#endif

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

#ifdef __x86_64__

/// The same 16 bytes in both halves: AVX2 looks up in each half apart.
template <class... Bytes>
__attribute__((target("avx2"))) __m256i in_both_halves(Bytes... bytes) {
  static_assert(sizeof...(bytes) == 16);
  return _mm256_setr_epi8(static_cast<char>(bytes)..., static_cast<char>(bytes)...);
}

/// Decodes groups, eight at a time, from the first on, until fewer than eight are left or one of the eight has what is
/// no letter. Returns how many. Wojciech Mula's and Daniel Lemire's way ("Faster Base64 Encoding and Decoding Using
/// AVX2 Instructions"): the halves of a byte tell whether it is a letter, and what to add to make it a sextet.
__attribute__((target("avx2"))) std::size_t decode_by_eight(char* text, std::size_t groups) {
  // A byte is no letter if the marks of its two halves have a bit in common.
  const __m256i marks_of_low =
      in_both_halves(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
  const __m256i marks_of_high =
      in_both_halves(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  // By the high half, one less for the slash: what leads from it and from +, digits, and letters of both cases.
  const __m256i steps = in_both_halves(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i three_of_four = in_both_halves(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m256i slash = _mm256_set1_epi8('/');  // 0x2f: also the mask of a half that has no bit for a look-up to take

  constexpr std::size_t kAtOnce = 8;
  std::size_t done = 0;
  for (; done + kAtOnce <= groups; done += kAtOnce) {
    const __m256i letters = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 4 * done));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(letters, 4), slash);
    const __m256i low = _mm256_and_si256(letters, slash);
    if (_mm256_testz_si256(_mm256_shuffle_epi8(marks_of_low, low), _mm256_shuffle_epi8(marks_of_high, high)) == 0)
      break;
    const __m256i is_slash = _mm256_cmpeq_epi8(letters, slash);
    const __m256i sextets = _mm256_add_epi8(letters, _mm256_shuffle_epi8(steps, _mm256_add_epi8(is_slash, high)));
    const __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
    const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(fours, three_of_four),
                                                      _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
    // 24 bytes, and 8 more that fall upon letters which were read.
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(text + 3 * done), bytes);
  }
  return done;
}

std::size_t decode_fast(char* text, std::size_t groups) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? decode_by_eight(text, groups) : 0;
}

#else

std::size_t decode_fast(char*, std::size_t) {
  return 0;
}

#endif

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
  for (std::size_t i = decode_fast(begin, whole_groups); i < whole_groups; ++i) {
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
