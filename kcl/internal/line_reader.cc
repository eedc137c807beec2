#include "kcl/internal/line_reader.h"

#include <algorithm>
#include <utility>

#include "kcl/internal/base64.h"
#include "kcl/internal/excerpt.h"
#include "kcl/internal/json_string.h"

namespace kcl::internal {
namespace {

namespace ondemand = simdjson::ondemand;

}  // namespace

bool LineReader::read(const Text& text, ondemand::document& document) {
  begin(text, &document);
  ondemand::object object;
  const auto error = document.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) return fail(all(), "a JSON object");
  if (error) return malformed(error);
  if (!each_member(object, [&](std::string_view name, ondemand::value value) { return read_member(name, value); })) {
    return false;
  }
  const std::string_view rest = unread();
  return rest.empty() || fail(rest, "nothing after the JSON object");
}

bool LineReader::read_record(const Text& text, ondemand::document& document) {
  begin(text, &document);
  record_number_ = records_.size();
  ondemand::object object;
  // simdjson takes a byte order mark before a document, and an element is none.
  const bool begins_as_one = text.bytes.front() == '{';
  if (!begins_as_one || document.get_object().get(object) != simdjson::SUCCESS) return fail(all(), "a JSON object");
  return read_record(all(), object) && end_record();
}

bool LineReader::refuse(const Text& text, std::string_view expected) {
  begin(text, nullptr);
  return fail(all(), expected);
}

void LineReader::begin(const Text& text, ondemand::document* document) {
  text_ = text;
  document_ = document;
}

template <class OnMember>
bool LineReader::each_member(ondemand::object object, OnMember&& on_member) {
  for (auto field : object) {
    std::string_view name;
    ondemand::value value;
    if (const auto error = field.escaped_key().get(name)) return malformed(error);
    if (const auto error = field.value().get(value)) return malformed(error);
    member_ = name;
    if (!on_member(name, value)) return false;
  }
  member_ = {};
  return true;
}

bool LineReader::read_member(std::string_view name, ondemand::value value) {
  if (name == "action") return read_text(value, members_.action);
  if (name == "records") return read_records(value);
  if (name == "millisBehindLatest") return read_number(value, members_.millis_behind_latest);
  if (name == "sequenceNumber") return read_text(value, members_.sequence);
  if (name == "subSequenceNumber") return read_number(value, members_.sub_sequence);
  if (name == "error") return read_text(value, members_.error);
  if (name == "shardId") return read_text(value, members_.shard_id);
  if (name == "reason") return read_text(value, members_.reason);
  return pass_over(value);
}

bool LineReader::read_records(ondemand::value value) {
  const std::string_view rest = from(value.raw_json_token());
  ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return fail(rest, "an array of records");
  records_.clear();
  for (auto element : array) {
    record_number_ = records_.size();
    ondemand::value record;
    if (const auto error = element.get(record)) return malformed(error);
    const std::string_view text = from(record.raw_json_token());
    ondemand::object object;
    if (record.get_object().get(object) != simdjson::SUCCESS) return fail(text, "a JSON object");
    if (!read_record(text, object)) return false;
  }
  members_.has_records = true;
  return end_record();
}

bool LineReader::read_record(std::string_view text, ondemand::object object) {
  Record& record = records_.emplace_back();
  record.is_base64 = false;  // until data comes that is
  const auto on_member = [&](std::string_view name, ondemand::value member) {
    return read_record_member(name, member, record);
  };
  if (!each_member(object, on_member)) return false;
  if (!record.position.sequence.empty()) return true;
  member_ = "sequenceNumber";
  return fail(text, "one in every record, for it is what a checkpoint names");
}

bool LineReader::end_record() {
  record_number_.reset();
  return true;
}

bool LineReader::read_record_member(std::string_view name, ondemand::value value, Record& record) {
  if (name == "data") return read_data(value, record);
  if (name == "partitionKey") return read_text(value, record.partition_key);
  if (name == "sequenceNumber") return read_sequence(value, record.position.sequence);
  if (name == "subSequenceNumber" || name == "approximateArrivalTimestamp") {
    std::optional<std::int64_t> number;
    if (!read_number(value, number)) return false;
    (name == "subSequenceNumber" ? record.position.sub_sequence : record.arrival_ms) = number.value_or(0);
    return true;
  }
  return pass_over(value);
}

/// simdjson would take a bracket that closes nothing for a value, and read on one level further out.
bool LineReader::pass_over(ondemand::value value) {
  return value.type().error() == simdjson::SUCCESS || fail(from(value.raw_json_token()), "a JSON value");
}

bool LineReader::read_text(ondemand::value value, std::string_view& text) {
  std::string_view token = value.raw_json_token();
  if (token[0] == 'n') {
    bool is_null = false;
    if (value.is_null().get(is_null) != simdjson::SUCCESS) return fail(from(token), "a string or null");
    text = {};
    return true;
  }
  ondemand::raw_json_string raw;
  if (value.get_raw_json_string().get(raw) != simdjson::SUCCESS) return fail(from(token), "a string");
  // The token runs to where the next one begins, so that its end needs no search, only the blanks off.
  token.remove_suffix(token.size() - 1 - token.find_last_not_of(" \t\r\n"));
  if (token.size() < 2 || token.back() != '"') return fail(from(token), "a string and nothing else");
  const auto begin = static_cast<std::size_t>(token.data() + 1 - text_.bytes.data());
  const auto unescaped = unescape_in_place(text_.bytes.subspan(begin, token.size() - 2));
  if (!unescaped) return fail(from(token), "a string with escapes that JSON has");
  text = *unescaped;
  return true;
}

bool LineReader::read_sequence(ondemand::value value, std::string_view& digits) {
  const std::string_view rest = from(value.raw_json_token());
  if (!read_text(value, digits)) return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!digits.empty() && std::ranges::all_of(digits, is_digit)) return true;
  return fail(digits.empty() ? rest : digits, "a string of decimal digits");
}

bool LineReader::read_number(ondemand::value value, std::optional<std::int64_t>& number) {
  const std::string_view token = value.raw_json_token();
  number.reset();
  if (token[0] == 'n') {
    bool is_null = false;
    return value.is_null().get(is_null) == simdjson::SUCCESS || fail(from(token), "an integer or null");
  }
  std::int64_t read = 0;
  if (value.get_int64().get(read) != simdjson::SUCCESS) return fail(from(token), "an integer of 64 bits");
  number = read;
  return true;
}

/// Decodes between the quotes, which stay: simdjson's index of the line knows only them.
bool LineReader::read_data(ondemand::value value, Record& record) {
  if (!read_text(value, record.data)) return false;
  if (record.data.data() == nullptr) {
    record.is_base64 = false;
    return true;
  }
  const auto begin = static_cast<std::size_t>(record.data.data() - text_.bytes.data());
  const auto length = decode_base64_in_place(text_.bytes.subspan(begin, record.data.size()));
  record.is_base64 = length.has_value();
  if (length) record.data = record.data.substr(0, *length);
  return true;
}

bool LineReader::malformed(simdjson::error_code code) {
  return fail(unread(), "well-formed JSON (" + std::string(simdjson::error_message(code)) + ")");
}

std::string_view LineReader::all() const {
  return {text_.bytes.data(), text_.bytes.size()};
}

std::string_view LineReader::from(std::string_view token) const {
  return all().substr(static_cast<std::size_t>(token.data() - text_.bytes.data()));
}

std::string_view LineReader::unread() const {
  const char* at = nullptr;
  const bool is_at_end = document_->current_location().get(at) != simdjson::SUCCESS;
  return is_at_end ? all().substr(all().size()) : all().substr(static_cast<std::size_t>(at - text_.bytes.data()));
}

bool LineReader::fail(std::string_view found, std::string_view expected) {
  auto offset = static_cast<std::size_t>(found.data() - text_.bytes.data()) + text_.offset;
  if (offset > text_.cut_at) offset += text_.cut_length;
  fault_ = "byte " + std::to_string(offset) + place() + ": expected " + std::string(expected) + ", found " +
           (found.empty() ? "nothing" : excerpt(found));
  return false;
}

std::string LineReader::place() const {
  std::string place;
  if (!members_.action.empty()) place += ", " + excerpt(members_.action);
  if (record_number_) place += ", records[" + std::to_string(*record_number_) + "]";
  if (!member_.empty()) place += (record_number_ ? "." : ", ") + excerpt(member_);
  return place;
}

/// The line has `value` for `member`, or nothing, and that makes no message.
Result<Message> LineReader::no_message(std::string_view member, std::string_view value, std::string_view expected) {
  member_ = member;
  fail(value.empty() ? all().substr(0, 0) : value, expected);
  return std::unexpected(fault());
}

/// Names and members: the classes in software.amazon.kinesis.multilang.messages.
Result<Message> LineReader::message() {
  const Members& m = members_;
  if (m.action == "processRecords") {
    if (!m.has_records) return no_message("records", {}, "an array of records");
    return Message{m.action, Batch{.records = records_, .millis_behind_latest = m.millis_behind_latest}};
  }
  if (m.action == "checkpoint") return Message{m.action, CheckpointAnswer{m.error}};
  if (m.action == "initialize") {
    if (m.shard_id.empty()) return no_message("shardId", {}, "the name of a shard");
    return Message{m.action, Initialize{m.shard_id, m.sequence, m.sub_sequence.value_or(0)}};
  }
  if (m.action == "leaseLost") return Message{m.action, LeaseLost{}};
  if (m.action == "shardEnded") return Message{m.action, ShardEnded{}};
  if (m.action == "shutdownRequested") return Message{m.action, ShutdownRequested{}};
  if (m.action == "shutdown") {  // daemons of KCL 1.x and 2.0, which name the reasons differently
    if (m.reason == "TERMINATE" || m.reason == "SHARD_END") return Message{m.action, ShardEnded{}};
    if (m.reason == "ZOMBIE" || m.reason == "LEASE_LOST") return Message{m.action, LeaseLost{}};
    return no_message("reason", m.reason, "TERMINATE, SHARD_END, ZOMBIE or LEASE_LOST");
  }
  const std::string_view action = std::exchange(members_.action, {});
  return no_message("action", action,
                    "initialize, processRecords, checkpoint, leaseLost, shardEnded, shutdownRequested or shutdown");
}

}  // namespace kcl::internal
