#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "kcl/internal/message.h"
#include "kcl/record.h"

namespace kcl::internal {

/// What is read at once: a line, or a part of one.
struct Text {
  std::span<char> bytes;
  std::size_t offset = 0;                             ///< Of the bytes in the line.
  std::size_t cut_at = static_cast<std::size_t>(-1);  ///< Where something of the line was left out,
  std::size_t cut_length = 0;                         ///< and how much.
};

/// Makes a message of one line that simdjson has indexed. Strings and base64 are decoded over their own text.
/// The functions return false at the first fault, which `fault()` then describes.
class LineReader {
 public:
  explicit LineReader(std::vector<Record>& records) : records_(records) {}

  /// The line, or all of it but the elements of `records`.
  bool read(const Text& text, simdjson::ondemand::document& document);
  /// Such an element, after the rest of the line.
  bool read_record(const Text& text, simdjson::ondemand::document& document);
  /// The text is not what is expected there; simdjson has no index of it.
  bool refuse(const Text& text, std::string_view expected);

  /// Of what `read` has read.
  Result<Message> message();
  [[nodiscard]] Error fault() const { return {fault_}; }

 private:
  /// The members of all messages, together: a line is read once, whatever the order of its members.
  struct Members {
    std::string_view action, shard_id, sequence, error, reason;
    std::optional<std::int64_t> sub_sequence, millis_behind_latest;
    bool has_records = false;
  };

  using Value = simdjson::ondemand::value;
  using Object = simdjson::ondemand::object;

  void begin(const Text& text, simdjson::ondemand::document* document);
  template <class OnMember>
  bool each_member(Object object, OnMember&& on_member);
  bool read_member(std::string_view name, Value value);
  /// Every record's way. With all that it calls inlined, simdjson's place in the line stays in registers: a fifth
  /// faster.
  [[gnu::flatten]] bool read_records(Value value);
  bool read_record(std::string_view text, Object object);
  bool read_record_member(std::string_view name, Value value, Record& record);
  bool end_record();

  bool pass_over(Value value);
  bool read_text(Value value, std::string_view& text);
  bool read_sequence(Value value, std::string_view& digits);
  bool read_number(Value value, std::optional<std::int64_t>& number);
  bool read_data(Value value, Record& record);

  /// `found` is in the text: its place is that of the fault.
  [[gnu::cold, gnu::noinline]] bool fail(std::string_view found, std::string_view expected);
  [[gnu::cold, gnu::noinline]] bool malformed(simdjson::error_code code);
  Result<Message> no_message(std::string_view member, std::string_view value, std::string_view expected);
  [[nodiscard]] std::string_view all() const;
  [[nodiscard]] std::string_view from(std::string_view token) const;  ///< To the text's end.
  [[nodiscard]] std::string_view unread() const;
  [[nodiscard]] std::string place() const;

  std::vector<Record>& records_;
  Text text_;
  simdjson::ondemand::document* document_ = nullptr;
  Members members_;
  std::string_view member_;                   ///< Being read, for the description of a fault.
  std::optional<std::size_t> record_number_;  ///< Being read.
  std::string fault_;
};

}  // namespace kcl::internal
