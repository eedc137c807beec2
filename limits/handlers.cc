#include "limits/handlers.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "limits/json_text.h"

namespace limits {

extern const Handler kChangeLimit;
extern const Handler kChangeProgress;
extern const Handler kCreateLimit;
extern const Handler kResetProgress;

namespace {

constexpr std::array kHandlers = {
    &kChangeLimit,
    &kChangeProgress,
    &kCreateLimit,
    &kResetProgress,
};

/// The bytes that a datum takes as JSON, at most.
struct JsonRoom {
  std::size_t operator()(std::monostate) const { return 0; }
  std::size_t operator()(std::string_view text) const { return json_string_room(text); }
  std::size_t operator()(const Decimal&) const { return Decimal::kMaxText + 2; }
  std::size_t operator()(std::int64_t) const { return 20; }
  std::size_t operator()(std::nullptr_t) const { return 4; }
  std::size_t operator()(TimeMs time) const { return (*this)(time.value); }
  template <class Enum>
  std::size_t operator()(Enum word) const {
    return to_string(word).size() + 2;
  }
};

/// Writes it there and returns the end.
struct WriteJson {
  char* out;
  char* end;

  char* operator()(std::monostate) const { return out; }
  char* operator()(std::string_view text) const { return write_json_string(out, text); }
  char* operator()(const Decimal& number) const {
    *out = '"';
    char* const closing = number.write_to(out + 1);
    *closing = '"';
    return closing + 1;
  }
  char* operator()(std::int64_t number) const { return std::to_chars(out, end, number).ptr; }
  char* operator()(TimeMs time) const { return (*this)(time.value); }
  char* operator()(std::nullptr_t) const { return out + std::string_view("null").copy(out, std::string_view::npos); }
  template <class Enum>
  char* operator()(Enum word) const {
    return (*this)(to_string(word));
  }
};

std::string_view render(const Payload& payload, std::span<const FieldSpec> specs, Arena& arena) {
  constexpr std::size_t kPunctuation = 4;  // two quotes, a colon, a comma
  std::size_t room = 2;
  for (const FieldSpec& spec : specs) {
    room += name_of(spec.field).size() + kPunctuation + std::visit(JsonRoom(), payload[spec.field]);
  }
  char* const begin = arena.reserve(room);
  char* out = begin;
  *out++ = '{';
  for (const FieldSpec& spec : specs) {
    if (payload.is_absent(spec.field)) continue;
    if (out != begin + 1) *out++ = ',';
    *out++ = '"';
    out += name_of(spec.field).copy(out, std::string_view::npos);
    *out++ = '"';
    *out++ = ':';
    out = std::visit(WriteJson{out, begin + room}, payload[spec.field]);
  }
  *out++ = '}';
  return arena.commit(static_cast<std::size_t>(out - begin));
}

}  // namespace

std::span<const Handler* const> handlers() {
  return kHandlers;
}

const Handler* find_handler(std::string_view name) {
  const auto found = std::ranges::find(kHandlers, name, &Handler::name);
  return found == kHandlers.end() ? nullptr : *found;
}

bool Groups::add(const Groups& other) {
  const bool is_new =
      (other.definition && !definition) || (other.progress && !progress) || (other.terms & ~terms).any();
  definition |= other.definition;
  progress |= other.progress;
  terms |= other.terms;
  return is_new;
}

Groups groups_of(const Handler& handler, std::string_view fields) {
  Groups groups = handler.writes;
  if (groups.definition || groups.terms.none()) return groups;
  for (std::size_t i = 0; i < kTermCount; ++i) {
    // One canonical object of plain values: a quote within a string is escaped, so this is no part of one.
    groups.terms[i] = fields.contains('"' + std::string(name_of(static_cast<Term>(i))) + "\":");
  }
  return groups;
}

Checked<Change> decide(const Event& event, const Handler& handler, Arena& arena, Fields fields) {
  if (event.fault) return std::unexpected(*event.fault);
  const auto payload = Payload::check(event, handler.fields);
  if (!payload) return std::unexpected(payload.error());
  auto change = handler.apply(*payload);
  if (!change) return change;
  change->key = {event.aggregate_id, payload->get<std::string_view>(Field::kUserLimitId)};
  change->stamp = {event.sequence, event.event_id};
  change->created_at = event.created_at;
  change->type = event.type;
  change->handler = handler.name;
  if (fields == Fields::kRendered) change->fields = render(*payload, handler.fields, arena);
  return change;
}

}  // namespace limits
