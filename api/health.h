#pragma once

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "limits/ids.h"
#include "store/store.h"

namespace api {

/// Whether the shards get on, for who looks after them. A shard's row says where it is now, and not since when: that is
/// seen from one question to the next. One thread.
class Health {
 public:
  using Clock = std::chrono::steady_clock;
  struct Bounds {
    std::chrono::milliseconds lag;    ///< farther behind is a reason; 0: never
    std::chrono::milliseconds stuck;  ///< without progress for longer, and so far behind, too
  };

  explicit Health(Bounds bounds) : bounds_(bounds) {}

  /// What is wrong, as the objects that docs/api.md describes; nothing if all is well. `wall` is the time of `now`.
  [[nodiscard]] std::vector<std::string> reasons(std::span<const store::ShardRow> shards, Clock::time_point now,
                                                 limits::TimeMs wall);

 private:
  /// A position in a shard, and when it was seen first.
  struct Place {
    std::string sequence;
    std::int64_t sub_sequence;
    Clock::time_point since;
  };
  using Places = std::map<std::pair<std::string, std::string>, Place>;  ///< by stream and shard

  [[nodiscard]] Place place_of(const store::ShardRow& row, Clock::time_point now) const;

  const Bounds bounds_;
  Places places_;  ///< of the open shards, at the last question
};

}  // namespace api
