#include "kcl/internal/message_reader.h"

#include <string>

namespace kcl::internal {

Result<std::optional<Message>> MessageReader::next() {
  return parse(messages_, source_.next_line());
}

Result<std::optional<Message>> MessageReader::next_answer() {
  return parse(answers_, source_.next_answer());
}

Result<std::optional<Message>> MessageReader::parse(MessageParser& parser, const Line& line) {
  if (!line) return std::unexpected(line.error());
  const std::optional<std::span<char>>& text = *line;
  if (!text) return std::nullopt;
  ++line_number_;
  const auto message = parser.parse(*text);
  if (!message) {
    return std::unexpected(Error{"line " + std::to_string(line_number_) + ", " + message.error().what +
                                 ". Only the MultiLangDaemon may write to this process's stdin: if nothing else did, "
                                 "its version speaks a protocol that this one doesn't know"});
  }
  if (const auto* batch = std::get_if<Batch>(&message->body); batch && batch->repaired > 0 && !warned_) {
    warned_ = true;
    warn_("line " + std::to_string(line_number_) + " is not UTF-8 in " + std::to_string(batch->repaired) +
          " places, which were replaced by U+FFFD; start the daemon's JVM with -Dfile.encoding=UTF-8. "
          "Further such lines are repaired without a warning");
  }
  return std::optional(*message);
}

}  // namespace kcl::internal
