#pragma once

#include "limits/json_object.h"
#include "store/standing.h"
#include "store/store.h"

/// The stable JSON forms of the rows, as the CLI and the API show them (docs/cli.md). Money is decimal text, times are
/// ms since 1970; what has no value is left out. Callers may add members.
namespace store {

inline constexpr std::string_view kAwaited = "USER_LIMIT_CREATED";  ///< what gives a parked limit its definition

[[nodiscard]] limits::JsonObject as_json(const HistoryRow&);
[[nodiscard]] limits::JsonObject as_json(const ParkedLimit&);
[[nodiscard]] limits::JsonObject as_json(const DeadLetterRow&);  ///< without its bytes
[[nodiscard]] limits::JsonObject as_json(const ShardRow&);
/// The limit, the time that it is of if one was asked for, and why it stands so if that is wanted.
[[nodiscard]] std::string to_json(const Standing&, std::optional<limits::TimeMs> at, bool explained);
/// What the shards have in common: counts, findings, and what waits. `shards` is a JSON array.
[[nodiscard]] limits::JsonObject as_json(std::string_view shards, const std::vector<ShardRow>&, const Waiting&);

/// Counts of what is odd, and stopped nothing.
struct Findings {
  std::int64_t discrepancies_seen = 0;
  std::int64_t sequence_conflicts = 0;
  std::int64_t foreign_aggregates = 0;
};
[[nodiscard]] Findings findings_of(std::span<const ShardRow>);
[[nodiscard]] Tally verdicts_of(std::span<const ShardRow>);

}  // namespace store
