#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace limits {

/// Numbers that must not be mixed up are different types.
template <class Tag, class Rep>
struct Id {
  Rep value{};
  friend auto operator<=>(const Id&, const Id&) = default;
};

using AggregateSeq =
    Id<struct AggregateSeqTag, std::int64_t>;       ///< Set by the producer, counts up per aggregate (user).
using TimeMs = Id<struct TimeMsTag, std::int64_t>;  ///< Milliseconds since 1970-01-01T00:00Z.

/// A limit's identity: sequence numbers of two aggregates are never compared.
struct LimitKey {
  std::string_view aggregate_id;
  std::string_view user_limit_id;
  friend auto operator<=>(const LimitKey&, const LimitKey&) = default;
};

/// The place of an event in its aggregate's history. Registers keep the highest stamp; event ids break ties (compared
/// byte by byte), so that two events under one number end in the same state everywhere.
struct Stamp {
  AggregateSeq sequence;
  std::string_view event_id;
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

}  // namespace limits
