#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "limits/ids.h"
#include "store/store.h"

namespace api {

/// The time up to which the state has all that the stream had, in every open shard. A shard's row says how far behind
/// it was when the row was written; a child that ended writes no more rows, and so falls behind by the clock. Nothing
/// if no shard is open, or one has not said yet how far it is.
[[nodiscard]] std::optional<limits::TimeMs> as_of(std::span<const store::ShardRow> shards);

/// ms between that time and `now`.
[[nodiscard]] inline std::int64_t lag(limits::TimeMs as_of, limits::TimeMs now) {
  return std::max<std::int64_t>(0, now.value - as_of.value);
}

/// The same, remembered for so short a time that nobody sees it. What is remembered stays true: a state only gets
/// newer.
class Freshness {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kRemember{100};

  [[nodiscard]] store::Result<std::optional<limits::TimeMs>> as_of(store::Reader& reader, Clock::time_point now);

 private:
  std::optional<Clock::time_point> read_at_;
  std::optional<limits::TimeMs> as_of_;
};

}  // namespace api
