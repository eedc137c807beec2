#include "limits/datum.h"

#include <charconv>

#include "limits/wording.h"

namespace limits {
namespace {

Fault unexpected(Reason reason, const Value& value, FieldKind kind) {
  return {reason, "expected " + describe(kind) + ", found " + describe(value)};
}

std::optional<Fault> read_integer(const Value& value, FieldKind kind, std::int64_t& out) {
  const char* const end = value.text.data() + value.text.size();
  const auto [stopped, error] = std::from_chars(value.text.data(), end, out);
  if (stopped != end) return unexpected(Reason::kIllTyped, value, kind);
  if (error == std::errc()) return std::nullopt;
  return Fault{Reason::kOutOfRange, "expected an integer of 64 bits, found " + describe(value)};
}

template <class Enum>
std::optional<Fault> read_word(const Value& value, FieldKind kind, Datum& out) {
  if (const auto known = from_word<Enum>(value.text)) {
    out = *known;
    return std::nullopt;
  }
  Fault fault = unexpected(Reason::kUnknownValue, value, kind);
  fault.what += did_you_mean(value.text, words<Enum>());
  return fault;
}

std::optional<Fault> read_decimal(const Value& value, Datum& out) {
  auto decimal = Decimal::parse(value.text);
  if (!decimal) return std::move(decimal.error());
  out = *decimal;
  return std::nullopt;
}

Value::Kind json_kind(FieldKind kind) {
  return kind == FieldKind::kInteger || kind == FieldKind::kTime ? Value::Kind::kNumber : Value::Kind::kString;
}

/// The value is there. Written straight to its place: copies of a datum cost more than all the rest.
std::optional<Fault> read(const Value& value, FieldKind kind, Datum& out) {
  if (value.kind != json_kind(kind)) return unexpected(Reason::kIllTyped, value, kind);
  switch (kind) {
    case FieldKind::kId:
      if (value.text.empty()) return unexpected(Reason::kIllTyped, value, kind);
      [[fallthrough]];
    case FieldKind::kText:
      out = value.text;
      return std::nullopt;
    case FieldKind::kInteger:
      return read_integer(value, kind, out.emplace<std::int64_t>());
    case FieldKind::kTime:
      return read_integer(value, kind, out.emplace<TimeMs>().value);
    case FieldKind::kDecimal:
      return read_decimal(value, out);
    case FieldKind::kLimitType:
      return read_word<LimitType>(value, kind, out);
    case FieldKind::kPeriod:
      return read_word<Period>(value, kind, out);
    case FieldKind::kStatus:
      return read_word<Status>(value, kind, out);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> interpret(const Value& value, FieldKind kind, Presence presence, std::string_view folder,
                               std::string_view name, Datum& out) {
  const bool is_null = value.kind == Value::Kind::kNull;
  const bool absent = value.kind == Value::Kind::kAbsent || is_null;
  if (is_null && presence == Presence::kNullable) out = nullptr;
  if (absent && presence != Presence::kRequired) return std::nullopt;
  auto fault = absent ? unexpected(Reason::kMissingField, value, kind) : read(value, kind, out);
  if (fault) fault->what.insert(0, std::string(folder).append(name).append(": "));
  return fault;
}

std::string describe(FieldKind kind) {
  switch (kind) {
    case FieldKind::kId:
      return "a non-empty string";
    case FieldKind::kText:
      return "a string";
    case FieldKind::kInteger:
      return "an integer";
    case FieldKind::kTime:
      return "a time in whole milliseconds since 1970";
    case FieldKind::kDecimal:
      return "decimal text like \"12.50\"";
    case FieldKind::kLimitType:
      return one_of(words<LimitType>());
    case FieldKind::kPeriod:
      return one_of(words<Period>());
    case FieldKind::kStatus:
      return one_of(words<Status>());
  }
  return {};
}

std::string_view describe(Presence presence) {
  switch (presence) {
    case Presence::kOptional:
      return "optional";
    case Presence::kNullable:
      return "optional, or null";
    case Presence::kRequired:
      return "required";
  }
  return {};
}

std::string describe(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kAbsent:
      return "nothing";
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kString:
      return in_quotes(value.text);
    case Value::Kind::kNumber:
      return "the number " + shown(value.text);
    case Value::Kind::kBoolean:
      return std::string(value.text);
    case Value::Kind::kObject:
      return "an object";
    case Value::Kind::kArray:
      return "an array";
  }
  return {};
}

}  // namespace limits
