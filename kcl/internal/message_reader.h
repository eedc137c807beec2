#pragma once

#include <cstdint>
#include <optional>

#include "kcl/internal/message_parser.h"
#include "kcl/line_channel.h"
#include "kcl/session.h"

namespace kcl::internal {

/// The lines of a source as messages. Counts lines, so that an error names its line, and warns once of invalid UTF-8.
class MessageReader {
 public:
  MessageReader(LineSource& source, const Warn& warn) : source_(source), warn_(warn) {}

  /// The next message, or nothing at the end of the input. Valid until the next call.
  [[nodiscard]] Result<std::optional<Message>> next();
  /// The same, while the message of `next` is in use: that one stays valid.
  [[nodiscard]] Result<std::optional<Message>> next_answer();

  [[nodiscard]] std::uint64_t line_number() const { return line_number_; }

 private:
  using Line = Result<std::optional<std::span<char>>>;
  Result<std::optional<Message>> parse(MessageParser& parser, const Line& line);

  LineSource& source_;
  const Warn& warn_;
  MessageParser messages_;
  MessageParser answers_;
  std::uint64_t line_number_ = 0;
  bool warned_ = false;
};

}  // namespace kcl::internal
