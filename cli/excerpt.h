#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

/// Some of a text on one line, printable, and a line that points at a place in it.
struct Excerpt {
  std::string line;
  std::string carets;  ///< "      ^^^^"
};

/// The bytes around `offset`, of which `size` are at fault, on at most `width` columns (20 at least).
[[nodiscard]] Excerpt excerpt_at(std::string_view text, std::size_t offset, std::size_t size, std::size_t width);

}  // namespace cli
