#include "api/health.h"

#include <algorithm>

#include "api/freshness.h"
#include "limits/json_object.h"

namespace api {
namespace {

limits::JsonObject about(std::string_view reason, const store::ShardRow& row) {
  return limits::JsonObject().add("reason", reason).add("stream", row.stream).add("shard", row.shard);
}

std::int64_t ms(Health::Clock::duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

std::vector<std::string> Health::reasons(std::span<const store::ShardRow> shards, Clock::time_point now,
                                         limits::TimeMs wall) {
  std::vector<std::string> found;
  Places places;
  for (const store::ShardRow& row : shards) {
    if (row.ended_at) continue;
    const Place place = place_of(row, now);
    places.emplace(std::pair(row.stream, row.shard), place);
    const auto time = as_of({&row, 1});
    const auto behind = time ? std::optional(lag(*time, wall)) : std::nullopt;
    // A row that nobody writes has not moved either, also before the first question.
    const std::int64_t still = std::max(wall.value - row.updated_at, ms(now - place.since));
    const auto beyond = [&](std::chrono::milliseconds bound) { return behind.value_or(still) > bound.count(); };
    if (bounds_.lag.count() > 0 && behind && beyond(bounds_.lag)) {
      found.push_back(about("lag", row).add("lag", behind).str());
    }
    if (still > bounds_.stuck.count() && beyond(bounds_.stuck)) {
      found.push_back(about("stuck", row).add("since", wall.value - still).add("lag", behind).str());
    }
    if (!row.rules_problem.empty()) found.push_back(about("rules", row).add("what", row.rules_problem).str());
  }
  if (places.empty()) found.push_back(limits::JsonObject().add("reason", "no-shard").str());
  places_ = std::move(places);
  return found;
}

Health::Place Health::place_of(const store::ShardRow& row, Clock::time_point now) const {
  const auto last = places_.find(std::pair(row.stream, row.shard));
  const bool moved =
      last == places_.end() || last->second.sequence != row.sequence || last->second.sub_sequence != row.sub_sequence;
  return {.sequence = row.sequence, .sub_sequence = row.sub_sequence, .since = moved ? now : last->second.since};
}

}  // namespace api
