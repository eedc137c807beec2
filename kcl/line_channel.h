#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "kcl/error.h"

namespace kcl {

/// Where lines come from. A line is mutable and padded, so that the parser works in place and without a copy.
class LineSource {
 public:
  virtual ~LineSource() = default;
  /// The next line without its end (LF or CRLF), or nothing at the end of the input; a last line without LF was cut off
  /// and is not delivered. Valid until the next call; `Record::kPadding` bytes after it can be read.
  [[nodiscard]] virtual Result<std::optional<std::span<char>>> next_line() = 0;
  /// The same, for a line that comes while the last one is in use: what `next_line` gave stays valid, only a former
  /// answer does not.
  [[nodiscard]] virtual Result<std::optional<std::span<char>>> next_answer() = 0;
};

/// Where lines go to.
class LineSink {
 public:
  virtual ~LineSink() = default;
  /// Writes `json` as one line of its own, in one write where the pipe takes it. The daemon is at the other end.
  [[nodiscard]] virtual Result<void> write_line(std::string_view json) = 0;
};

}  // namespace kcl
