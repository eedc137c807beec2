#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// A window on a file that moves forward and holds only what was read and not yet consumed.
class InputBuffer {
 public:
  /// Behind what is there, so many more bytes can be read (they say nothing): parsers that look ahead want that.
  static constexpr std::size_t kPadding = 64;

  /// Reads from where `descriptor` stands; the caller closes it.
  explicit InputBuffer(int descriptor) : descriptor_(descriptor) {}

  [[nodiscard]] std::string_view unread() const { return {bytes_.data() + begin_, end_ - begin_}; }
  /// Adds to what is there. False: nothing more comes, because of the end or of `error`. Views become invalid.
  [[nodiscard]] bool read_more();
  /// Why reading failed; empty if it did not.
  [[nodiscard]] const std::string& error() const { return error_; }

  void consume(std::size_t size);
  [[nodiscard]] std::int64_t consumed() const { return consumed_; }
  /// The line, from 1, of the first unread byte.
  [[nodiscard]] std::int64_t line() const { return line_; }

 private:
  int descriptor_;
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::string error_;
  std::int64_t line_ = 1;
  std::int64_t consumed_ = 0;
};

}  // namespace cli
