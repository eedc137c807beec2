#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "limits/arena.h"
#include "limits/fault.h"
#include "limits/ids.h"

namespace limits {

/// The payload fields that some handler reads. Others may come in any event and are passed over.
enum class Field : std::uint8_t {
  kActiveFrom,
  kActiveUntil,
  kAmount,
  kBrandId,
  kCreatedAt,
  kCurrencyCode,
  kNextResetTime,
  kPeriod,
  kPreviousLimitValue,
  kPreviousProgress,
  kProgress,
  kRemainingAmount,
  kResetAmount,
  kResetPercentage,
  kStatus,
  kType,
  kUnusedAmount,
  kUserId,
  kUserLimitId,
  kValue,
};
inline constexpr std::size_t kFieldCount = 20;

/// The field's name in JSON: "userLimitId". Enumerators stand in the order of these names.
[[nodiscard]] std::string_view name_of(Field);

/// A JSON value as it came, not yet interpreted.
struct Value {
  enum class Kind : std::uint8_t { kAbsent, kNull, kString, kNumber, kBoolean, kObject, kArray };
  Kind kind = Kind::kAbsent;
  std::string_view text;  ///< kString: unescaped content; kNumber, kBoolean: as written; else empty
};

/// A decoded event: the envelope interpreted, the payload by field and not yet interpreted, because what it must hold
/// depends on the route. Views point into the record's bytes or, where a string had escapes, into the arena.
struct Event {
  /// What is wrong with the envelope, if anything is: missing_field, ill_typed, out_of_range. Told by `decide`, so that
  /// an event to be ignored needs nothing but a type, and one that rules find by something else not even that.
  std::optional<Fault> fault;
  std::string_view aggregate_id;
  std::string_view event_id;
  std::string_view type;  ///< empty if it is what is wrong
  AggregateSeq sequence;
  TimeMs created_at;
  std::array<Value, kFieldCount> payload;

  [[nodiscard]] const Value& operator[](Field f) const { return payload[static_cast<std::size_t>(f)]; }
};

/// Reads events in one pass with simdjson. Reused from record to record; one thread.
class Decoder {
 public:
  static constexpr std::size_t kPadding = 64;
  static constexpr int kMaxDepth = 512;  ///< levels of objects and arrays, the event's own included

  Decoder();
  ~Decoder();

  /// `json` must be followed by `kPadding` readable bytes, of whatever content. The returned event is overwritten by
  /// the next call; the views in it live as long as `json` and the arena do.
  /// Faults: bad_json if not every byte belongs to one JSON object in UTF-8 (a byte order mark may stand before it), in
  /// fields of ours and others alike, if it is nested deeper than `kMaxDepth`, if a string is no Unicode text (a lone
  /// surrogate), or if a field that we read comes twice.
  [[nodiscard]] Checked<const Event*> decode(std::string_view json, Arena&);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace limits
