#include "api/freshness.h"

namespace api {

std::optional<limits::TimeMs> as_of(std::span<const store::ShardRow> shards) {
  std::optional<limits::TimeMs> oldest;
  for (const store::ShardRow& row : shards) {
    if (row.ended_at) continue;
    if (!row.millis_behind_latest) return std::nullopt;
    const limits::TimeMs time{row.updated_at - *row.millis_behind_latest};
    oldest = std::min(oldest.value_or(time), time);
  }
  return oldest;
}

store::Result<std::optional<limits::TimeMs>> Freshness::as_of(store::Reader& reader, Clock::time_point now) {
  if (!read_at_ || now - *read_at_ >= kRemember) {
    const auto shards = reader.shards();
    if (!shards) return std::unexpected(shards.error());
    as_of_ = api::as_of(*shards);
    read_at_ = now;
  }
  return as_of_;
}

}  // namespace api
