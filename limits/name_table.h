#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace limits {

/// Finds a name's place in a fixed list by one hash and one comparison. Made at compile time, which fails if two names
/// have length, first and last letter in common: the hash sees nothing else.
template <std::size_t N>
class NameTable {
 public:
  consteval explicit NameTable(const std::array<std::string_view, N>& names) : names_(names) {
    while (!fill()) ++factor_;
  }

  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
    if (name.empty()) return std::nullopt;
    const std::uint8_t place = places_[slot(name)];
    if (place == kNone || !is_same(names_[place], name)) return std::nullopt;
    return place;
  }
  [[nodiscard]] std::string_view operator[](std::size_t place) const { return names_[place]; }

 private:
  static constexpr std::size_t kSlots = std::bit_ceil(4 * N);
  static constexpr std::uint8_t kNone = 0xFF;
  static_assert(N < kNone);

  /// Names are short: two looks at eight bytes, which may overlap, are most of them. A call of memcmp costs more.
  [[nodiscard]] static bool is_same(std::string_view a, std::string_view b) {
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    if (a.size() != b.size()) return false;
    if (a.size() < kWord) return std::equal(a.begin(), a.end(), b.begin());
    const auto word_at = [](const char* bytes) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes, kWord);
      return word;
    };
    const std::size_t last = a.size() - kWord;
    for (std::size_t at = 0; at < last; at += kWord) {
      if (word_at(a.data() + at) != word_at(b.data() + at)) return false;
    }
    return word_at(a.data() + last) == word_at(b.data() + last);
  }

  [[nodiscard]] constexpr std::size_t slot(std::string_view name) const {
    const auto first = static_cast<unsigned char>(name.front());
    const auto last = static_cast<unsigned char>(name.back());
    const std::size_t letters = name.size() << 16 | static_cast<std::size_t>(first) << 8 | last;
    return (letters * factor_ >> 16) % kSlots;
  }

  constexpr bool fill() {
    places_.fill(kNone);
    for (std::size_t i = 0; i < N; ++i) {
      std::uint8_t& place = places_[slot(names_[i])];
      if (place != kNone) return false;
      place = static_cast<std::uint8_t>(i);
    }
    return true;
  }

  std::array<std::string_view, N> names_;
  std::array<std::uint8_t, kSlots> places_{};
  std::size_t factor_ = 1;
};

}  // namespace limits
