#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "limits/condition.h"
#include "limits/document.h"
#include "limits/payload.h"

namespace limits {

/// What an event has beside its payload.
enum class Part : std::uint8_t { kAggregateId, kCreatedAt, kEventId, kSequenceNumber, kType };
inline constexpr std::array<std::string_view, 5> kPartNames = {"aggregateId", "createdAt", "eventId", "sequenceNumber",
                                                               "type"};

/// How a value that was found becomes the one that is needed.
enum class As : std::uint8_t { kSame, kText, kInteger, kUpper, kLower, kTime, kDecimal, kMinorUnits };
/// The words for them in rules, `kSame` left out, which has none.
inline constexpr std::array<std::string_view, 7> kAsWords = {"text", "integer", "upper",      "lower",
                                                             "time", "decimal", "minor_units"};

/// Where one value of the event that is built comes from.
struct ValueSource {
  std::vector<Pointer> from;  ///< the first that is there, and is not null, is taken
  As as = As::kSame;
  int scale = 0;                                    ///< of kDecimal and kMinorUnits: digits after the point
  std::vector<std::pair<std::string, Scalar>> map;  ///< afterwards, if any: from a word to a value
  std::optional<Scalar> otherwise;                  ///< if there is nothing: the default, or the constant
  std::string place;                                ///< in the rules file
};

/// Builds the event that a handler needs from one of any form. What it does not name stays as it came.
class Transform {
 public:
  struct Envelope {
    Part part;
    ValueSource source;
  };
  struct PayloadField {
    FieldSpec spec;
    ValueSource source;
  };

  Transform(std::vector<Envelope> envelope, std::vector<PayloadField> payload)
      : envelope_(std::move(envelope)), payload_(std::move(payload)) {}

  /// Views point into the document's record, the arena and this transform. A fault names the target, what was expected
  /// and found, the source and the place in the rules: "payload.value: expected an integer of minor units, found "x"
  /// (from /cents, by /rules/0/transform/payload/value)".
  [[nodiscard]] Checked<Event> apply(const Event&, const Document&, Arena&) const;

 private:
  std::vector<Envelope> envelope_;
  std::vector<PayloadField> payload_;
};

}  // namespace limits
