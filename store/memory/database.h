#pragma once

#include <array>
#include <bitset>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "limits/change.h"
#include "store/memory/memory.h"

namespace store::memory {

/// Ids that own their text, in the order of the contract.
struct LimitKey {
  std::string aggregate_id;
  std::string user_limit_id;
  friend auto operator<=>(const LimitKey&, const LimitKey&) = default;
};

using Stamp = OwnedStamp;

/// A limit and all that is known of it. A group that is not set has no stamp, and its fields in `state` mean nothing.
struct Limit {
  limits::UserLimit state;
  std::optional<Stamp> definition;
  std::optional<Stamp> progress;
  std::array<std::optional<Stamp>, limits::kTermCount> terms;  ///< as in KeptLimit
  std::optional<Stamp> floor;
  std::map<Stamp, HistoryRow> history;
  std::int64_t since_ms = 0;

  /// Whether the very event was here before, or another with its number.
  [[nodiscard]] bool knows(const limits::Change&, const Stamp&) const;
  [[nodiscard]] bool knows_another_under(const limits::Change&, std::int64_t sequence) const;
  /// The terms that a change with this stamp sets.
  [[nodiscard]] std::bitset<limits::kTermCount> terms_set_by(const limits::Change&, const Stamp&) const;
  /// The highest of its groups' stamps.
  [[nodiscard]] Stamp newest() const;
};

using ShardName = std::pair<std::string, std::string>;

struct State {
  std::map<LimitKey, Limit> limits;
  std::map<std::string, std::set<std::string>> aggregates;  ///< by userLimitId
  std::map<limits::Sha256Digest, DeadLetterRow> dead_letters;
  std::map<ShardName, ShardRow> shards;
  std::int64_t last_change_id = 0;
  std::int64_t pruned_to = 0;  ///< the last change that a prune was about
};

class Database {
 public:
  explicit Database(Options options) : options_(options) {}

  [[nodiscard]] bool keeps_history() const { return options_.history; }
  Report apply(const Batch&);
  ReplayReport replay(const Replay&);
  std::int64_t discard(std::span<const std::int64_t> ids, limits::TimeMs now);
  std::int64_t prune(std::int64_t before_change);

  /// A copy, so that a reader holds nothing up however long it takes.
  [[nodiscard]] State snapshot() const;

 private:
  Verdict apply(const limits::Change&, const ShardProgress&, Report&);
  Limit& limit_of(const limits::Change&, Report&);
  void keep(const DeadLetter&, const ShardProgress&);
  /// Nothing if it is settled, or not there.
  DeadLetterRow* find_open(std::int64_t id);
  ShardRow& record(const ShardProgress&, const Report&);

  const Options options_;
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace store::memory
