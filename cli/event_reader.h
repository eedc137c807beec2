#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/input_buffer.h"
#include "cli/outcome.h"

namespace cli {

/// One element of the input: its bytes exactly as they stand there.
struct Element {
  std::string_view bytes;  ///< valid until the next call; InputBuffer::kPadding readable bytes follow
  std::int64_t line = 0;   ///< where it starts, from 1
};

/// Splits a JSON array or JSON Lines into elements, without reading the input whole: it holds one element and what was
/// read ahead. The first character that is not white space says which of the two it is. Only the frame is judged
/// (brackets, commas, quotes); an element may be anything. Blank lines and a byte order mark are passed over.
class EventReader {
 public:
  /// `name` is for messages. An element of more than `longest` bytes is refused before it is read whole.
  EventReader(int descriptor, std::string name, std::size_t longest);

  /// Nothing at the end of the input. kFailed, with name and line, for a broken frame or input that cannot be read.
  [[nodiscard]] Outcome<std::optional<Element>> next();
  /// Bytes of the input that were passed so far.
  [[nodiscard]] std::int64_t consumed() const { return input_.consumed(); }
  /// kFailed: "events.json, line 7: …".
  [[nodiscard]] std::unexpected<Failure> failure_at(std::int64_t line, std::string_view what) const;

 private:
  enum class Form : std::uint8_t { kUnknown, kLines, kArrayStart, kArray, kArrayEnded };

  [[nodiscard]] Outcome<std::optional<Element>> next_line();
  [[nodiscard]] Outcome<std::optional<Element>> next_of_array();
  void find_form();
  /// Consumes white space; the character behind it, or nothing at the end.
  [[nodiscard]] std::optional<char> skip_white_space();
  /// The size of the array's element at the reading position: all before the comma or bracket that ends it.
  [[nodiscard]] Outcome<std::size_t> measure_element();
  [[nodiscard]] Element give(std::size_t size, std::size_t consumed_with_it);
  [[nodiscard]] std::unexpected<Failure> cut_short() const;
  [[nodiscard]] std::unexpected<Failure> too_long() const;

  InputBuffer input_;
  std::string name_;
  std::size_t longest_;
  Form form_ = Form::kUnknown;
  std::size_t given_ = 0;  ///< size of the element that was given last: consumed when the next is asked for
  std::int64_t array_line_ = 0;
};

}  // namespace cli
