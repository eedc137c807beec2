#include "limits/transform.h"

#include <algorithm>

#include "limits/iso_time.h"
#include "limits/wording.h"

namespace limits {
namespace {

bool is_there(const Value& value) {
  return value.kind != Value::Kind::kAbsent && value.kind != Value::Kind::kNull;
}

bool is_integer_text(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Checked<Value> recast_failure(const Value& value, std::string_view expected) {
  return std::unexpected(Fault{Reason::kIllTyped, "expected " + std::string(expected) + ", found " + describe(value)});
}

bool is_text_or_number(const Value& value) {
  return value.kind == Value::Kind::kString || value.kind == Value::Kind::kNumber;
}

Checked<Value> to_text(const Value& value) {
  if (value.kind == Value::Kind::kObject || value.kind == Value::Kind::kArray) {
    return recast_failure(value, "a string, a number, true or false");
  }
  return Value{Value::Kind::kString, value.text};
}

Checked<Value> to_integer(const Value& value) {
  if (!is_text_or_number(value) || !is_integer_text(value.text)) return recast_failure(value, "an integer");
  return Value{Value::Kind::kNumber, value.text};
}

/// Only A to Z have another case: words of an interface, not of a language.
Checked<Value> to_case(const Value& value, bool upper, Arena& arena) {
  if (value.kind != Value::Kind::kString) return recast_failure(value, "a string");
  const char first = upper ? 'a' : 'A';
  std::string text(value.text);
  for (char& c : text) {
    if (c >= first && c <= first + ('z' - 'a')) c = static_cast<char>(c ^ 0x20);
  }
  return Value{Value::Kind::kString, arena.keep(text)};
}

Checked<Value> to_time(const Value& value, Arena& arena) {
  const auto time = value.kind == Value::Kind::kString ? parse_iso_time(value.text) : std::nullopt;
  if (!time) return recast_failure(value, R"(a time like "2026-02-28T12:30:00.5+01:00")");
  return Value{Value::Kind::kNumber, arena.keep(std::to_string(time->value))};
}

/// The integer 12050 with scale 2 is "120.50".
Checked<Value> to_decimal(const Value& value, int scale, Arena& arena) {
  if (!is_text_or_number(value) || !is_integer_text(value.text)) {
    return recast_failure(value, "an integer of minor units");
  }
  std::string_view digits = value.text;
  std::string text;
  if (digits.starts_with('-')) {
    digits.remove_prefix(1);
    text = '-';
  }
  const auto behind = static_cast<std::size_t>(scale);
  if (digits.size() <= behind)
    text.append("0.", behind == 0 ? 1 : 2).append(behind - digits.size(), '0').append(digits);
  else
    text.append(digits.substr(0, digits.size() - behind))
        .append(behind == 0 ? "" : ".")
        .append(digits.substr(digits.size() - behind));
  return Value{Value::Kind::kString, arena.keep(text)};
}

/// "120.5" with scale 2 is the integer 12050.
Checked<Value> to_minor_units(const Value& value, int scale, Arena& arena) {
  const std::string_view whole = value.text.substr(0, value.text.find('.'));
  const std::string_view fraction = value.text.substr(std::min(whole.size() + 1, value.text.size()));
  const bool has_point = whole.size() < value.text.size();
  if (!is_text_or_number(value) || !is_integer_text(whole) || fraction.size() > static_cast<std::size_t>(scale) ||
      (has_point && (!is_integer_text(fraction) || fraction.starts_with('-')))) {
    return recast_failure(value, "a decimal with at most " + std::to_string(scale) + " digits after the point");
  }
  std::string text = std::string(whole).append(fraction).append(static_cast<std::size_t>(scale) - fraction.size(), '0');
  return Value{Value::Kind::kNumber, arena.keep(text)};
}

Checked<Value> recast(const Value& value, const ValueSource& source, Arena& arena) {
  switch (source.as) {
    case As::kSame:
      return value;
    case As::kText:
      return to_text(value);
    case As::kInteger:
      return to_integer(value);
    case As::kUpper:
      return to_case(value, true, arena);
    case As::kLower:
      return to_case(value, false, arena);
    case As::kTime:
      return to_time(value, arena);
    case As::kDecimal:
      return to_decimal(value, source.scale, arena);
    case As::kMinorUnits:
      return to_minor_units(value, source.scale, arena);
  }
  return value;
}

Value value_of(const Scalar& scalar) {
  return {scalar.kind, scalar.text};
}

Checked<Value> mapped(const Value& value, const ValueSource& source) {
  if (source.map.empty()) return value;
  const auto found = std::ranges::find(source.map, value.text, [](const auto& each) { return each.first; });
  if (found != source.map.end()) return value_of(found->second);
  std::vector<std::string_view> words;
  for (const auto& [word, meaning] : source.map) words.push_back(word);
  return std::unexpected(Fault{Reason::kUnknownValue, "expected " + one_of(words) + ", found " + describe(value) +
                                                          did_you_mean(value.text, words)});
}

/// ` (from /a or /b, by /rules/0/transform/type)`; `found` is where a value was.
std::string origin(const ValueSource& source, const Pointer* found) {
  std::string from;
  for (const Pointer& each : source.from) {
    if (found && found != &each) continue;
    from.append(from.empty() ? "from " : " or ").append(shown(each.text()));
  }
  return " (" + from + (from.empty() ? "" : ", ") + "by " + source.place + ")";
}

struct Target {
  std::string_view folder;
  std::string_view name;
  FieldKind kind;
  Presence presence;
};

/// The value that a source gives, made sure that its target can take it.
Checked<Value> take(const ValueSource& source, const Target& target, const Document& document, Arena& arena) {
  const Pointer* found = nullptr;
  Checked<Value> value;
  for (const Pointer& each : source.from) {
    const Value candidate = document.at(each);
    if (candidate.kind != Value::Kind::kAbsent) *value = candidate;
    if (!is_there(candidate)) continue;
    found = &each;
    break;
  }
  if (found) {
    value = recast(*value, source, arena);
    if (value) value = mapped(*value, source);
    if (!value) {
      value.error().what.insert(0, std::string(target.folder).append(target.name).append(": "));
    }
  } else if (source.otherwise) {
    value = value_of(*source.otherwise);
  }
  if (value) {
    Datum datum;
    if (auto fault = interpret(*value, target.kind, target.presence, target.folder, target.name, datum)) {
      value = std::unexpected(std::move(*fault));
    }
  }
  if (!value) value.error().what += origin(source, found);
  return value;
}

struct EnvelopePart {
  Pointer at;
  FieldKind kind;
};

/// In the order of the enumerators.
const std::array<EnvelopePart, kPartNames.size()>& envelope_parts() {
  static const std::array<EnvelopePart, kPartNames.size()> parts = {{
      {*Pointer::parse("/aggregateId"), FieldKind::kId},
      {*Pointer::parse("/createdAt"), FieldKind::kTime},
      {*Pointer::parse("/eventId"), FieldKind::kId},
      {*Pointer::parse("/sequenceNumber"), FieldKind::kInteger},
      {*Pointer::parse("/type"), FieldKind::kId},
  }};
  return parts;
}

void set(Event& event, Part part, const Datum& datum) {
  switch (part) {
    case Part::kAggregateId:
      event.aggregate_id = std::get<std::string_view>(datum);
      break;
    case Part::kCreatedAt:
      event.created_at = std::get<TimeMs>(datum);
      break;
    case Part::kEventId:
      event.event_id = std::get<std::string_view>(datum);
      break;
    case Part::kSequenceNumber:
      event.sequence.value = std::get<std::int64_t>(datum);
      break;
    case Part::kType:
      event.type = std::get<std::string_view>(datum);
      break;
  }
}

}  // namespace

Checked<Event> Transform::apply(const Event& event, const Document& document, Arena& arena) const {
  Event made = event;
  made.fault.reset();
  for (std::size_t i = 0; i < kPartNames.size(); ++i) {
    const auto part = static_cast<Part>(i);
    const EnvelopePart& needed = envelope_parts()[i];
    const auto step = std::ranges::find(envelope_, part, &Envelope::part);
    Value value = document.at(needed.at);
    if (step != envelope_.end()) {
      const Target target{"", kPartNames[i], needed.kind, Presence::kRequired};
      const auto taken = take(step->source, target, document, arena);
      if (!taken) return std::unexpected(taken.error());
      value = *taken;
    }
    Datum datum;
    auto fault = interpret(value, needed.kind, Presence::kRequired, "", kPartNames[i], datum);
    if (fault) return std::unexpected(std::move(*fault));
    set(made, part, datum);
  }
  for (const PayloadField& field : payload_) {
    const Target target{"payload.", name_of(field.spec.field), field.spec.kind, field.spec.presence};
    const auto taken = take(field.source, target, document, arena);
    if (!taken) return std::unexpected(taken.error());
    made.payload[static_cast<std::size_t>(field.spec.field)] = *taken;
  }
  return made;
}

}  // namespace limits
