#include "kcl/internal/json_string.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "kcl/internal/utf8.h"

namespace kcl::internal {
namespace {

constexpr std::size_t kUnicodeEscape = 6;  // \uXXXX

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

/// The number in the \uXXXX that `text` begins with.
std::optional<std::uint32_t> code_unit(std::string_view text) {
  if (text.size() < kUnicodeEscape || !text.starts_with("\\u")) return std::nullopt;
  const char* const last = text.data() + kUnicodeEscape;
  std::uint32_t unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, last, unit, 16);
  if (error != std::errc{} || end != last) return std::nullopt;
  return unit;
}

struct Escape {
  std::size_t length;  ///< Of its text.
  char32_t stands_for;
};

std::optional<Escape> unicode_escape(std::string_view text) {
  const auto unit = code_unit(text);
  if (!unit) return std::nullopt;
  if (is_high_surrogate(*unit)) {
    const auto low = code_unit(text.substr(kUnicodeEscape));
    if (low && is_low_surrogate(*low)) {
      return Escape{2 * kUnicodeEscape, static_cast<char32_t>(0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00))};
    }
  }
  const bool lone = is_high_surrogate(*unit) || is_low_surrogate(*unit);
  return Escape{kUnicodeEscape, lone ? kReplacementCharacter : static_cast<char32_t>(*unit)};
}

std::optional<Escape> escape_at(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  switch (text[1]) {
    case '"':
    case '\\':
    case '/':
      return Escape{2, static_cast<char32_t>(text[1])};
    case 'b':
      return Escape{2, U'\b'};
    case 'f':
      return Escape{2, U'\f'};
    case 'n':
      return Escape{2, U'\n'};
    case 'r':
      return Escape{2, U'\r'};
    case 't':
      return Escape{2, U'\t'};
    case 'u':
      return unicode_escape(text);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::string_view> unescape_in_place(std::span<char> text) {
  const std::string_view all(text.data(), text.size());
  std::size_t backslash = all.find('\\');
  if (backslash == std::string_view::npos) return all;

  char* out = text.data() + backslash;
  while (backslash != std::string_view::npos) {
    const auto escape = escape_at(all.substr(backslash));
    if (!escape) return std::nullopt;
    out = put_utf8(out, escape->stands_for);
    const std::size_t from = backslash + escape->length;
    backslash = all.find('\\', from);
    const std::string_view plain =
        all.substr(from, backslash == std::string_view::npos ? std::string_view::npos : backslash - from);
    std::memmove(out, plain.data(), plain.size());
    out += plain.size();
  }
  return std::string_view(text.data(), static_cast<std::size_t>(out - text.data()));
}

}  // namespace kcl::internal
