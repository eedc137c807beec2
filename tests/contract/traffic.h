#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "tests/support/changes.h"

namespace tests {

/// What a stream could hold, by seed: the events of a few users' limits, with gaps, orphans, numbers used twice, ids
/// that two users share, optional fields set and not, and records that cannot be applied. And the ways in which it can
/// reach a store. Two seeds have no id in common, so that one store can take the traffic of many.
class Traffic {
 public:
  Traffic(std::uint64_t seed, int events);

  /// Everything once, in the order of the producer.
  [[nodiscard]] Batch in_order() const;

  /// Everything at least once and up to three times, in any order, in batches of any size, by two shards. A repeat has
  /// a provenance of its own.
  [[nodiscard]] std::vector<Batch> delivered();

 private:
  int below(int limit) { return std::uniform_int_distribution(0, limit - 1)(random_); }
  bool one_in(int n) { return below(n) == 0; }
  limits::Change event(int number);
  limits::Definition any_definition();
  limits::Terms any_terms();
  limits::Decimal any_money();
  std::optional<limits::TimeMs> any_time();

  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<std::int64_t> last_sequence_;  ///< by user
  std::vector<limits::Change> changes_;
  std::vector<store::DeadLetter> dead_letters_;
};

}  // namespace tests
