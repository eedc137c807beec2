#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

#include "limits/decimal.h"
#include "limits/ids.h"
#include "limits/seldom.h"
#include "limits/user_limit.h"

namespace limits {

/// The definition group: all that USER_LIMIT_CREATED says, but progress and reset time. Written whole or not at all.
struct Definition {
  std::string_view user_id;
  std::string_view brand_id;
  std::string_view currency_code;
  LimitType type{};
  Period period{};
  Status status{};
  Decimal value;
  std::optional<Decimal> previous_limit_value;
  TimeMs active_from;
  std::optional<TimeMs> active_until;
  std::optional<TimeMs> created_at;
};

/// What may change of a definition, each under a stamp of its own. In the order of their names in JSON.
enum class Term : std::uint8_t { kActiveUntil, kPreviousLimitValue, kStatus, kValue };
inline constexpr std::size_t kTermCount = 4;
[[nodiscard]] std::string_view name_of(Term);

/// New values for some terms of a definition: one that is not set here is not written, and one that is set to nothing
/// is taken away.
struct Terms {
  std::optional<std::optional<TimeMs>> active_until{};
  std::optional<std::optional<Decimal>> previous_limit_value{};
  std::optional<Status> status{};
  std::optional<Decimal> value{};

  /// Which are written.
  [[nodiscard]] std::bitset<kTermCount> written() const;
};

/// The progress group. An absent reset time is written as null, never kept.
struct Progress {
  Decimal progress;
  std::optional<TimeMs> next_reset_time;
};

/// Where and when an event reached us. Provenance: outside every equality.
struct Origin {
  std::string_view sequence;  ///< Kinesis sequence number, decimal text
  std::int64_t sub_sequence = 0;
  TimeMs arrival;
};

/// What one event does to one limit: the groups it writes, each judged by the store against that group's own stamp.
/// Pure: made from the event alone. Views point into the event's record and the batch's arena.
struct Change {
  LimitKey key;
  Stamp stamp;
  TimeMs created_at;
  std::string_view type;     ///< the event's
  std::string_view handler;  ///< static storage
  Seldom<Definition> definition;
  std::optional<Progress> progress;
  Seldom<Terms> terms{};  ///< a definition writes all of its terms, so there is no need of both
  /// What the event says that progress was before it, if it says so: compared live with what it was.
  std::optional<Decimal> claimed_previous_progress;
  /// The handler's fields as they came, as one canonical JSON object: names in order, absent ones left out, and
  /// null ones unless null says something. For the history: empty where none is kept.
  std::string_view fields;
  Origin origin;
};

}  // namespace limits
