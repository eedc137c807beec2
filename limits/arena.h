#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace limits {

/// Memory for the bytes of one batch that stand in no record: unescaped strings, rendered fields. Views into it stay
/// valid until `clear`, which keeps up to `kKept` bytes for the next batch. One thread.
class Arena {
 public:
  static constexpr std::size_t kBlock = 64 * 1024;
  static constexpr std::size_t kKept = 1024 * 1024;

  /// A copy of `bytes`.
  [[nodiscard]] std::string_view keep(std::string_view bytes);

  /// Room for at most `most` bytes, to be written at once: `commit` makes the first `size` of them a lasting view, and
  /// the next `reserve` or `keep` reuses the rest.
  [[nodiscard]] char* reserve(std::size_t most);
  [[nodiscard]] std::string_view commit(std::size_t size);

  void clear();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };

  std::vector<Block> blocks_;
  std::size_t current_ = 0;  ///< the block being filled; those before it are full
  std::size_t used_ = 0;     ///< bytes of the current block
};

}  // namespace limits
