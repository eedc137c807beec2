#pragma once

#include <optional>
#include <span>

/// Takes a long batch apart without an index of the whole line: where records are small, simdjson's index takes half as
/// much memory as the line itself. Nothing here judges JSON; what it can't take apart is left to the parser.
namespace kcl::internal {

/// The text between the brackets of `records` in the object that `line` is. Nothing if there is no such array, or two.
[[nodiscard]] std::optional<std::span<char>> find_records(std::span<char> line);

/// The elements of an array, one after the other.
class ArrayCutter {
 public:
  /// `elements`: what is between the array's brackets.
  explicit ArrayCutter(std::span<char> elements) : at_(elements.data()), end_(at_ + elements.size()) {}

  /// The next element, or nothing after the last one and where there is no element.
  [[nodiscard]] std::optional<std::span<char>> next();
  /// Where the elements end: null if they end properly, else the place where one was expected.
  [[nodiscard]] const char* stuck_at() const { return stuck_ ? at_ : nullptr; }

 private:
  char* at_;
  char* end_;
  bool first_ = true;
  bool stuck_ = false;
};

}  // namespace kcl::internal
