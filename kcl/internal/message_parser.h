#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "kcl/internal/memory.h"
#include "kcl/internal/message.h"

namespace kcl::internal {

/// Turns lines into messages. Works in the line's own bytes: strings are unescaped and base64 is decoded over their own
/// text, so that nothing is copied and, once a line of the same size was seen, nothing is allocated.
class MessageParser {
 public:
  /// A line of more bytes than `whole` is indexed record by record, so that its index stays small.
  explicit MessageParser(std::size_t whole = kKeptBytes);
  ~MessageParser();

  /// `line` is followed by Record::kPadding bytes that can be read. The message is valid until the next call, and as
  /// long as the line is. What is not an error: members that we don't know, in any order; null or absent where KCL has
  /// a nullable type; bytes that are not UTF-8 and halves of surrogate pairs (they become U+FFFD, the former counted
  /// in Batch::repaired); a record whose data is not base64, or is null (`is_base64` is false).
  /// An error names byte, action and member, what was expected, and what is there instead.
  [[nodiscard]] Result<Message> parse(std::span<char> line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kcl::internal
