#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace limits {

/// Why a record cannot be applied. Stored with its dead letter and part of its key, so the names are stable.
enum class Reason {
  kBadBase64,     ///< bad_base64: the record's data is not base64
  kBadJson,       ///< bad_json: the bytes are not one JSON object (or a field of ours comes twice)
  kMissingField,  ///< missing_field
  kIllTyped,      ///< ill_typed: a field of the wrong JSON type, money that is not decimal text, an empty id
  kUnknownValue,  ///< unknown_value: a word that the enumeration does not have
  kOutOfRange,    ///< out_of_range: a number with more digits than we keep exactly
  kUnrouted,      ///< unrouted: no rule for this type
};

[[nodiscard]] std::string_view to_string(Reason);
[[nodiscard]] std::expected<Reason, std::string> parse_reason(std::string_view);

/// `what` names the place first, as a JSON path, then what was expected and what was found:
/// "payload.amount: expected decimal text like \"12.50\", found the number 12".
struct Fault {
  Reason reason;
  std::string what;
};

template <class T>
using Checked = std::expected<T, Fault>;

}  // namespace limits
