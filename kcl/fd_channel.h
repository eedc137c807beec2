#pragma once

#include <cstddef>
#include <string>

#include "kcl/line_channel.h"

namespace kcl {

/// Bytes from a file descriptor on their way to be lines. `Record::kPadding` bytes after them can always be read.
class LineBuffer {
 public:
  LineBuffer() = default;
  ~LineBuffer();
  LineBuffer(const LineBuffer&) = delete;
  LineBuffer& operator=(const LineBuffer&) = delete;

  /// The first whole line, LF included, which is then no longer unread; empty if there is none. Each byte is looked at
  /// once, however often more is appended.
  [[nodiscard]] std::span<char> take_line();
  /// Room after the unread bytes; `grow_by` says how much of it was filled. Ends the validity of lines taken before.
  [[nodiscard]] Result<std::span<char>> room();
  void grow_by(std::size_t bytes) { end_ += bytes; }
  [[nodiscard]] std::size_t unread() const { return end_ - begin_; }

  /// Appends what `other` has not handed out, and takes it from there.
  [[nodiscard]] Result<void> take_unread(LineBuffer& other);
  /// Nothing that was handed out is in use any more.
  void release_lines();

 private:
  void move_to_front();
  [[nodiscard]] bool resize(std::size_t capacity);

  char* bytes_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;    ///< Of the unread bytes.
  std::size_t scanned_ = 0;  ///< No LF between begin_ and here.
  std::size_t end_ = 0;
};

/// Lines of up to `kLongestLine` bytes from a file descriptor, which stays the caller's. A signal does not disturb it.
class FdLineSource final : public LineSource {
 public:
  static constexpr std::size_t kLongestLine = std::size_t{1} << 30;

  explicit FdLineSource(int fd) : fd_(fd) {}

  Result<std::optional<std::span<char>>> next_line() override;
  Result<std::optional<std::span<char>>> next_answer() override;

 private:
  int fd_;
  LineBuffer messages_;
  LineBuffer answers_;
};

/// Lines to a file descriptor, which stays the caller's. One write per line, with an LF in front too: whatever else was
/// written to the pipe then stands on a line of its own, which the daemon skips.
class FdLineSink final : public LineSink {
 public:
  explicit FdLineSink(int fd) : fd_(fd) {}

  Result<void> write_line(std::string_view json) override;

 private:
  int fd_;
  std::string line_;
};

/// Takes stdin and stdout of this process for the protocol, once, at the start of main. Returns the descriptor to write
/// to (no program that we exec inherits it); lines come from stdin. File descriptor 1 becomes stderr, so that a stray
/// print cannot reach the daemon. SIGINT, SIGTERM and SIGPIPE are ignored from here on. stdin's pipe is made as large
/// as the kernel lets us, up to 1 MiB.
[[nodiscard]] Result<int> take_daemon_streams();

}  // namespace kcl
