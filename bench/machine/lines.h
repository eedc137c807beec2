#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace bench {

/// The daemon's lines from stdin at the least cost there is: the daemon sends one and waits, so a line is whole when
/// the last byte that came is LF.
class Lines {
 public:
  static constexpr std::size_t kPadding = 64;

  Lines() { ::fcntl(STDIN_FILENO, F_SETPIPE_SZ, 1 << 20); }

  /// The next line, its LF included and kPadding readable bytes behind it; empty at the end of input.
  std::string_view next() {
    std::size_t size = 0;
    do {
      if (bytes_.size() < size + (1 << 20) + kPadding) bytes_.resize(2 * size + (1 << 20) + kPadding);
      const auto count = ::read(STDIN_FILENO, bytes_.data() + size, bytes_.size() - kPadding - size);
      if (count <= 0) return {};
      size += static_cast<std::size_t>(count);
    } while (bytes_[size - 1] != '\n');
    return {bytes_.data(), size};
  }

  char* data() { return bytes_.data(); }
  std::size_t capacity() const { return bytes_.size(); }

  static void answer(std::string_view action) {
    const std::string line = R"({"action":"status","responseFor":")" + std::string(action) + "\"}\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::exit(1);
  }

 private:
  std::vector<char> bytes_;
};

}  // namespace bench
