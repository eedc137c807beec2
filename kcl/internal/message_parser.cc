#include "kcl/internal/message_parser.h"

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include <simdjson.h>

#include "kcl/internal/line_reader.h"
#include "kcl/internal/long_line.h"
#include "kcl/internal/utf8.h"

namespace kcl::internal {
namespace {

std::string object_or(simdjson::error_code error) {
  return "a JSON object (" + std::string(simdjson::error_message(error)) + ")";
}

}  // namespace

static_assert(Record::kPadding >= simdjson::SIMDJSON_PADDING);

struct MessageParser::State {
  std::size_t whole;
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  std::vector<Record> records;
  std::vector<char> envelope;  ///< Of a long line: all but its records.
  std::string repaired_line;
  std::size_t repaired = 0;  ///< Places in which it differs from the line.

  void give_back();
  simdjson::error_code index(std::span<char> text);
  std::span<char> repair(std::span<char> line);
  Result<Message> read_whole(std::span<char> line);
  Result<Message> read_long(std::span<char> line);
  bool read_records(LineReader& reader, std::span<char> line, std::span<char> elements);
};

/// What a long line made us allocate.
void MessageParser::State::give_back() {
  if (parser.capacity() > kKeptBytes) parser = simdjson::ondemand::parser();
  if (records.capacity() * sizeof(Record) > kKeptBytes) records = std::vector<Record>();
  if (repaired_line.capacity() > kKeptBytes) repaired_line = std::string();
}

/// Stage 1 of simdjson. Left alone, it would grow to each new longest text, a little at a time.
simdjson::error_code MessageParser::State::index(std::span<char> text) {
  if (parser.capacity() < text.size()) {
    parser = simdjson::ondemand::parser();  // gives back what it has before it takes more
    const std::size_t enough = text.size() > kKeptBytes ? text.size() : std::bit_ceil(text.size());
    if (const auto error = parser.allocate(std::max(enough, std::size_t{4096}))) return error;
  }
  return parser.iterate(text.data(), text.size(), text.size() + Record::kPadding).get(document);
}

/// A copy of `line` that is UTF-8.
std::span<char> MessageParser::State::repair(std::span<char> line) {
  repaired_line.clear();
  repaired_line.reserve(line.size() + line.size() / 16 + Record::kPadding);
  repaired = append_repaired_utf8({line.data(), line.size()}, repaired_line);
  const std::size_t length = repaired_line.size();
  repaired_line.resize(length + Record::kPadding);
  return std::span(repaired_line).first(length);
}

Result<Message> MessageParser::State::read_whole(std::span<char> line) {
  auto error = index(line);
  if (error == simdjson::UTF8_ERROR) {
    line = repair(line);
    error = index(line);
  }
  LineReader reader(records);
  const bool read = error ? reader.refuse({.bytes = line}, object_or(error)) : reader.read({.bytes = line}, document);
  if (!read) return std::unexpected(reader.fault());
  return reader.message();
}

/// First the line without the elements of `records`, then element by element. They are changed as they are read, so
/// that what is not UTF-8 has to be found before.
Result<Message> MessageParser::State::read_long(std::span<char> line) {
  if (!simdjson::validate_utf8(line.data(), line.size())) line = repair(line);
  const auto elements = find_records(line);
  if (!elements) return read_whole(line);

  const auto cut_at = static_cast<std::size_t>(elements->data() - line.data());
  const auto before = line.first(cut_at);
  const auto behind = line.subspan(cut_at + elements->size());
  envelope.assign(before.begin(), before.end());
  envelope.insert(envelope.end(), behind.begin(), behind.end());
  envelope.resize(envelope.size() + Record::kPadding);
  const Text text{.bytes = std::span(envelope).first(envelope.size() - Record::kPadding),
                  .cut_at = cut_at,
                  .cut_length = elements->size()};
  const auto error = index(text.bytes);
  LineReader reader(records);
  const bool read = error ? reader.refuse(text, object_or(error)) : reader.read(text, document);
  if (!read) return std::unexpected(reader.fault());
  auto message = reader.message();
  if (!message) return message;
  // Of a message that has no use for them too: a line is refused for the same faults, whatever its length.
  if (!read_records(reader, line, *elements)) return std::unexpected(reader.fault());
  if (auto* const batch = std::get_if<Batch>(&message->body)) batch->records = records;
  return message;
}

bool MessageParser::State::read_records(LineReader& reader, std::span<char> line, std::span<char> elements) {
  // To grow step by step would hold two copies of a large vector at once.
  std::size_t count = 0;
  for (ArrayCutter cutter(elements); cutter.next();) ++count;
  records.reserve(count);

  ArrayCutter cutter(elements);
  while (const auto element = cutter.next()) {
    const Text text{.bytes = *element, .offset = static_cast<std::size_t>(element->data() - line.data())};
    if (const auto error = index(text.bytes)) return reader.refuse(text, object_or(error));
    if (!reader.read_record(text, document)) return false;
  }
  const char* const stuck_at = cutter.stuck_at();
  if (!stuck_at) return true;
  const auto offset = static_cast<std::size_t>(stuck_at - line.data());
  return reader.refuse({.bytes = line.subspan(offset), .offset = offset}, "one record, a comma, and the next");
}

MessageParser::MessageParser(std::size_t whole) : state_(std::make_unique<State>(whole)) {}
MessageParser::~MessageParser() = default;

Result<Message> MessageParser::parse(std::span<char> line) {
  state_->give_back();
  state_->repaired = 0;
  auto message = line.size() > state_->whole ? state_->read_long(line) : state_->read_whole(line);
  if (auto* const batch = message ? std::get_if<Batch>(&message->body) : nullptr) batch->repaired = state_->repaired;
  return message;
}

}  // namespace kcl::internal
