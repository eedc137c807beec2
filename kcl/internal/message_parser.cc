#include "kcl/internal/message_parser.h"

#include <algorithm>
#include <bit>
#include <cstring>
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

  void give_back();
  simdjson::error_code index(std::span<char> text);
  std::size_t repair(std::span<char>& line);
  bool read_whole(LineReader& reader, std::span<char> line, simdjson::error_code error);
  bool read_long(LineReader& reader, std::span<char> line, std::span<char> elements);
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

/// Replaces `line` by a copy that is UTF-8. Returns in how many places they differ.
std::size_t MessageParser::State::repair(std::span<char>& line) {
  repaired_line.clear();
  const std::size_t places = append_repaired_utf8({line.data(), line.size()}, repaired_line);
  const std::size_t length = repaired_line.size();
  repaired_line.resize(length + Record::kPadding);
  line = std::span(repaired_line).first(length);
  return places;
}

bool MessageParser::State::read_whole(LineReader& reader, std::span<char> line, simdjson::error_code error) {
  if (!error) return reader.read({line}, document);
  return reader.refuse_text({line}, object_or(error));
}

/// First the line without the elements, then element by element.
bool MessageParser::State::read_long(LineReader& reader, std::span<char> line, std::span<char> elements) {
  const auto cut_at = static_cast<std::size_t>(elements.data() - line.data());
  const auto behind = line.subspan(cut_at + elements.size());
  envelope.assign(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(cut_at));
  envelope.insert(envelope.end(), behind.begin(), behind.end());
  envelope.resize(envelope.size() + Record::kPadding);
  Text text{std::span(envelope).first(envelope.size() - Record::kPadding), 0, cut_at, elements.size()};
  if (const auto error = index(text.bytes)) return read_whole(reader, line, error);
  if (!reader.read(text, document)) return false;

  // To grow step by step would hold two copies of a large vector at once.
  std::size_t count = 0;
  for (ArrayCutter cutter(elements); cutter.next();) ++count;
  records.reserve(count);

  ArrayCutter cutter(elements);
  while (const auto element = cutter.next()) {
    text = {*element, static_cast<std::size_t>(element->data() - line.data())};
    if (const auto error = index(text.bytes)) return reader.refuse_text(text, object_or(error));
    if (!reader.read_record(text, document)) return false;
  }
  if (const char* const at = cutter.stuck_at()) {
    const auto offset = static_cast<std::size_t>(at - line.data());
    return reader.refuse_text({line.subspan(offset), offset}, "one record, a comma, and the next");
  }
  return true;
}

MessageParser::MessageParser(std::size_t whole) : state_(std::make_unique<State>(whole)) {}
MessageParser::~MessageParser() = default;
MessageParser::MessageParser(MessageParser&&) noexcept = default;
MessageParser& MessageParser::operator=(MessageParser&&) noexcept = default;

Result<Message> MessageParser::parse(std::span<char> line) {
  state_->give_back();
  std::size_t repaired = 0;
  LineReader reader(state_->records);
  const bool is_long = line.size() > state_->whole;
  if (is_long && !simdjson::validate_utf8(line.data(), line.size())) repaired = state_->repair(line);
  const auto elements = is_long ? find_records(line) : std::nullopt;
  bool read = false;
  if (elements) {
    read = state_->read_long(reader, line, *elements);
  } else {
    auto error = state_->index(line);
    if (error == simdjson::UTF8_ERROR) {
      repaired = state_->repair(line);
      error = state_->index(line);
    }
    read = state_->read_whole(reader, line, error);
  }
  if (!read) return std::unexpected(reader.fault());
  auto message = reader.message();
  if (auto* batch = message ? std::get_if<Batch>(&message->body) : nullptr) batch->repaired = repaired;
  return message;
}

}  // namespace kcl::internal
