#include "limits/datum.h"

#include <charconv>

#include "limits/wording.h"

namespace limits {
namespace {

Fault unexpected(Reason reason, const Value& value, FieldKind kind) {
  return {reason, "expected " + describe(kind) + ", found " + describe(value)};
}

Checked<std::int64_t> integer(const Value& value, FieldKind kind) {
  std::int64_t number = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto [stopped, error] = std::from_chars(value.text.data(), end, number);
  if (stopped != end) return std::unexpected(unexpected(Reason::kIllTyped, value, kind));
  if (error != std::errc()) {
    return std::unexpected(Fault{Reason::kOutOfRange, "expected an integer of 64 bits, found " + describe(value)});
  }
  return number;
}

template <class Enum>
Checked<Datum> word(const Value& value, FieldKind kind) {
  if (const auto known = from_word<Enum>(value.text)) return *known;
  Fault fault = unexpected(Reason::kUnknownValue, value, kind);
  fault.what += did_you_mean(value.text, words<Enum>());
  return std::unexpected(std::move(fault));
}

Value::Kind json_kind(FieldKind kind) {
  return kind == FieldKind::kInteger || kind == FieldKind::kTime ? Value::Kind::kNumber : Value::Kind::kString;
}

Checked<Datum> interpret_present(const Value& value, FieldKind kind) {
  if (value.kind != json_kind(kind)) return std::unexpected(unexpected(Reason::kIllTyped, value, kind));
  switch (kind) {
    case FieldKind::kId:
      if (value.text.empty()) return std::unexpected(unexpected(Reason::kIllTyped, value, kind));
      return value.text;
    case FieldKind::kText:
      return value.text;
    case FieldKind::kInteger:
      return integer(value, kind);
    case FieldKind::kTime: {
      auto time = integer(value, kind);
      if (!time) return std::unexpected(std::move(time.error()));
      return TimeMs{*time};
    }
    case FieldKind::kDecimal:
      return Decimal::parse(value.text);
    case FieldKind::kLimitType:
      return word<LimitType>(value, kind);
    case FieldKind::kPeriod:
      return word<Period>(value, kind);
    case FieldKind::kStatus:
      return word<Status>(value, kind);
  }
  return {};
}

}  // namespace

Checked<Datum> interpret(const Value& value, FieldKind kind, Presence presence, std::string_view folder,
                         std::string_view name) {
  const bool absent = value.kind == Value::Kind::kAbsent || value.kind == Value::Kind::kNull;
  if (absent && presence == Presence::kOptional) return Datum();
  Checked<Datum> datum = absent ? std::unexpected(unexpected(Reason::kMissingField, value, kind))  //
                                : interpret_present(value, kind);
  if (!datum) datum.error().what.insert(0, std::string(folder).append(name).append(": "));
  return datum;
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

std::string describe(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kAbsent:
      return "nothing";
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kString:
      return in_quotes(value.text);
    case Value::Kind::kNumber: {
      const std::string number = in_quotes(value.text);
      return "the number " + number.substr(1, number.size() - 2);
    }
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
