#include "limits/event.h"

#include <algorithm>
#include <bit>
#include <new>
#include <optional>

#include <simdjson.h>

#include "limits/datum.h"
#include "limits/name_table.h"
#include "limits/wording.h"

namespace limits {
namespace {

namespace ondemand = simdjson::ondemand;

/// In the order of the enumerators.
constexpr NameTable<kFieldCount> kFields({
    "activeFrom",         "activeUntil",      "amount",        "brandId",
    "createdAt",          "currencyCode",     "nextResetTime", "period",
    "previousLimitValue", "previousProgress", "progress",      "remainingAmount",
    "resetAmount",        "resetPercentage",  "status",        "type",
    "unusedAmount",       "userId",           "userLimitId",   "value",
});

enum class Part : std::uint8_t { kAggregateId, kCreatedAt, kEventId, kPayload, kSequenceNumber, kType };
constexpr std::size_t kPartCount = 6;
constexpr NameTable<kPartCount> kParts({"aggregateId", "createdAt", "eventId", "payload", "sequenceNumber", "type"});

/// A token without the white space up to the next one.
std::string_view trimmed(std::string_view token) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
  return token;
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
bool is_json_number(std::string_view text) {
  const auto skip = [&](char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto skip_digits = [&] {
    const auto* const rest = std::ranges::find_if_not(text, [](char c) { return c >= '0' && c <= '9'; });
    const auto digits = static_cast<std::size_t>(rest - text.begin());
    text.remove_prefix(digits);
    return digits > 0;
  };
  skip('-');
  if (!skip('0') && !skip_digits()) return false;
  if (skip('.') && !skip_digits()) return false;
  if (skip('e') || skip('E')) {
    if (!skip('+')) skip('-');
    if (!skip_digits()) return false;
  }
  return text.empty();
}

Fault not_json(std::string_view place, std::string_view found) {
  return {Reason::kBadJson, std::string(place).append(": expected one JSON object, found ").append(found)};
}

std::string byte(std::size_t offset) {
  return "byte " + std::to_string(offset);
}

std::size_t first_byte_out_of_utf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const int ones = std::countl_one(static_cast<unsigned char>(text[offset]));
    const std::string_view character = text.substr(offset, static_cast<std::size_t>(std::clamp(ones, 1, 4)));
    if (!simdjson::validate_utf8(character.data(), character.size())) break;
    offset += character.size();
  }
  return offset;
}

std::string_view in_words(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "nothing";
    case simdjson::UTF8_ERROR:
      return "bytes that are not UTF-8";
    case simdjson::UNESCAPED_CHARS:
      return "a raw control character in a string";
    case simdjson::UNCLOSED_STRING:
      return "a string that does not end";
    case simdjson::STRING_ERROR:
      return "a bad escape in a string";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "an object or array that does not end";
    default:
      return "what is no JSON";
  }
}

/// Reads one document to its end. On demand, simdjson checks only what is asked for, so we ask for everything: bad JSON
/// is bad wherever it stands. The methods leave the fault in `fault_` when they return false.
class Reading {
 public:
  Reading(std::string_view json, ondemand::document& document, Arena& arena, Event& event)
      : json_(json), has_escapes_(json.contains('\\')), document_(document), arena_(arena), event_(event) {}

  Checked<const Event*> run();

 private:
  bool read_document();
  bool read_part(std::string_view name, ondemand::value);
  bool read_field(std::string_view name, ondemand::value);

  /// A value at `depth`, that is, within so many objects and arrays. Strings are kept in `arena` if they had escapes;
  /// without an arena they are only checked.
  bool read(ondemand::value, int depth, Arena* arena, Value& out);
  bool read_scalar(std::string_view token, Value& out);
  bool read_string(ondemand::value, std::string_view token, Arena*, Value& out);
  bool skip(ondemand::value value, int depth) {
    Value skipped;
    return read(value, depth, nullptr, skipped);
  }
  bool skip_elements(ondemand::array, int depth);
  template <class OnMember>
  bool each_member(ondemand::object, OnMember);

  bool refuse(simdjson::error_code error) { return refuse(in_words(error)); }
  bool refuse(std::string_view found);
  bool given_twice(std::string_view folder, std::string_view name);

  const Value& part(Part p) const { return parts_[static_cast<std::size_t>(p)]; }
  void interpret_parts();

  std::string_view json_;
  bool has_escapes_;  ///< One look at the whole text: most have none, and then no string needs a look of its own.
  ondemand::document& document_;
  Arena& arena_;
  Event& event_;
  std::array<Value, kPartCount> parts_;
  Fault fault_{};
};

Checked<const Event*> Reading::run() {
  if (!read_document()) return std::unexpected(std::move(fault_));
  interpret_parts();
  return &event_;
}

void Reading::interpret_parts() {
  const auto take = [&]<class T>(Part p, FieldKind kind, T& out) {
    if (event_.fault) return;
    Datum datum;
    event_.fault = interpret(part(p), kind, Presence::kRequired, "", kParts[static_cast<std::size_t>(p)], datum);
    if (!event_.fault) out = std::get<T>(datum);
  };
  take(Part::kType, FieldKind::kId, event_.type);
  take(Part::kAggregateId, FieldKind::kId, event_.aggregate_id);
  take(Part::kCreatedAt, FieldKind::kTime, event_.created_at);
  take(Part::kEventId, FieldKind::kId, event_.event_id);
  take(Part::kSequenceNumber, FieldKind::kInteger, event_.sequence.value);

  const Value& payload = part(Part::kPayload);
  if (event_.fault || payload.kind == Value::Kind::kObject) return;
  const bool missing = payload.kind == Value::Kind::kAbsent || payload.kind == Value::Kind::kNull;
  event_.fault = Fault{missing ? Reason::kMissingField : Reason::kIllTyped,
                       "payload: expected an object, found " + describe(payload)};
}

bool Reading::read_document() {
  ondemand::object root;
  if (const auto error = document_.get_object().get(root)) {
    return refuse(error == simdjson::INCORRECT_TYPE ? "another kind of value" : in_words(error));
  }
  const auto on_member = [&](std::string_view name, ondemand::value value) { return read_part(name, value); };
  if (!each_member(root, on_member)) return false;
  return document_.at_end() || refuse("more after it");
}

bool Reading::read_part(std::string_view name, ondemand::value value) {
  const auto known = kParts.find(name);
  if (!known) return skip(value, 1);
  Value& place = parts_[*known];
  if (place.kind != Value::Kind::kAbsent) return given_twice("", name);
  ondemand::object payload;
  if (static_cast<Part>(*known) != Part::kPayload || value.get_object().get(payload) != simdjson::SUCCESS) {
    return read(value, 1, &arena_, place);
  }
  place.kind = Value::Kind::kObject;
  return each_member(payload, [&](std::string_view field, ondemand::value each) { return read_field(field, each); });
}

bool Reading::read_field(std::string_view name, ondemand::value value) {
  const auto known = kFields.find(name);
  if (!known) return skip(value, 2);
  Value& place = event_.payload[*known];
  if (place.kind != Value::Kind::kAbsent) return given_twice("payload.", name);
  return read(value, 2, &arena_, place);
}

bool Reading::read(ondemand::value value, int depth, Arena* arena, Value& out) {
  const std::string_view rest = value.raw_json_token();
  // After an array that does not end, simdjson takes the first byte behind the document for the next comma.
  if (rest.data() >= json_.data() + json_.size()) return refuse(simdjson::INCOMPLETE_ARRAY_OR_OBJECT);
  const std::string_view token = trimmed(rest);
  if (token.starts_with('"')) return read_string(value, token, arena, out);
  const bool is_object = token == "{";
  if (!is_object && token != "[") return read_scalar(token, out);

  if (depth == Decoder::kMaxDepth) return refuse("more than " + std::to_string(Decoder::kMaxDepth) + " levels");
  out.kind = is_object ? Value::Kind::kObject : Value::Kind::kArray;
  if (is_object) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return refuse(error);
    return each_member(object, [&](std::string_view, ondemand::value each) { return skip(each, depth + 1); });
  }
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) return refuse(error);
  return skip_elements(array, depth + 1);
}

bool Reading::read_string(ondemand::value value, std::string_view token, Arena* arena, Value& out) {
  out = {Value::Kind::kString, token.substr(1, token.size() - 2)};
  if (!has_escapes_ || !out.text.contains('\\')) {
    // A string that we leave where it is would pass for a key if a colon follows.
    const auto error = value.get_raw_json_string().error();
    return error == simdjson::SUCCESS || refuse(error);
  }
  if (const auto error = value.get_string().get(out.text)) return refuse(error);
  if (arena) out.text = arena->keep(out.text);
  return true;
}

bool Reading::read_scalar(std::string_view token, Value& out) {
  if (token == "null") {
    out = {Value::Kind::kNull, {}};
  } else if (token == "true" || token == "false") {
    out = {Value::Kind::kBoolean, token};
  } else if (is_json_number(token)) {
    out = {Value::Kind::kNumber, token};
  } else {
    return refuse(in_quotes(token));
  }
  return true;
}

bool Reading::skip_elements(ondemand::array array, int depth) {
  for (auto element : array) {
    ondemand::value value;
    if (const auto error = std::move(element).get(value)) return refuse(error);
    if (!skip(value, depth)) return false;
  }
  return true;
}

template <class OnMember>
bool Reading::each_member(ondemand::object object, OnMember on_member) {
  for (auto member : object) {
    ondemand::field field;
    if (const auto error = std::move(member).get(field)) return refuse(error);
    std::string_view name = field.escaped_key();
    if (has_escapes_ && name.contains('\\')) {
      if (const auto error = field.unescaped_key(/*allow_replacement=*/false).get(name)) return refuse(error);
    }
    if (!on_member(name, field.value())) return false;
  }
  return true;
}

bool Reading::refuse(std::string_view found) {
  const char* place = json_.data();
  if (document_.current_location().get(place) != simdjson::SUCCESS) place = json_.data() + json_.size();
  const auto offset = std::clamp<std::ptrdiff_t>(place - json_.data(), 0, std::ssize(json_));
  fault_ = not_json(byte(static_cast<std::size_t>(offset)), found);
  return false;
}

bool Reading::given_twice(std::string_view folder, std::string_view name) {
  fault_ = {Reason::kBadJson, std::string(folder).append(name).append(": expected once, found twice")};
  return false;
}

}  // namespace

std::string_view name_of(Field field) {
  return kFields[static_cast<std::size_t>(field)];
}

struct Decoder::Impl {
  /// Grows by powers of two, so that records of growing length do not each cost an allocation.
  void make_room(std::size_t size);

  ondemand::parser parser;
  std::optional<Event> event;
};

void Decoder::Impl::make_room(std::size_t size) {
  constexpr std::size_t kLeast = 4096;
  if (parser.capacity() >= size && parser.capacity() > 0) return;
  if (parser.allocate(std::bit_ceil(std::max(size, kLeast))) != simdjson::SUCCESS) throw std::bad_alloc();
}

Decoder::Decoder() : impl_(std::make_unique<Impl>()) {}

Decoder::~Decoder() = default;

Checked<const Event*> Decoder::decode(std::string_view json, Arena& arena) {
  static_assert(kPadding >= simdjson::SIMDJSON_PADDING);
  Event& event = impl_->event.emplace();
  impl_->make_room(json.size());
  ondemand::document document;
  const simdjson::padded_string_view padded(json.data(), json.size(), json.size() + kPadding);
  if (const auto error = impl_->parser.iterate(padded).get(document)) {
    const bool has_place = error == simdjson::UTF8_ERROR;
    return std::unexpected(not_json(byte(has_place ? first_byte_out_of_utf8(json) : 0), in_words(error)));
  }
  return Reading(json, document, arena, event).run();
}

}  // namespace limits
