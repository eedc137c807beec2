#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/rehearsal.h"
#include "limits/arena.h"
#include "limits/rules.h"
#include "processor/decision.h"

namespace cli {

/// Plays the same records by two sets of rules, each on its own copy, in memory, of the limits that they touch. Both
/// copies start from the store as it is, so what each ends in is what the store would end in.
class RulesComparison {
 public:
  /// The reader and the rules outlive it.
  RulesComparison(store::Reader& actual, const limits::Rules& before, const limits::Rules& after);

  /// Copies the record. `is_base64`: as of a kcl::Record.
  [[nodiscard]] Outcome<void> add(std::string_view bytes, bool is_base64 = true);

  /// What becomes of a record: by the rules before, and by those after. "create_limit", "dead letter: unrouted".
  using Ways = std::pair<std::string, std::string>;
  /// How many records are taken otherwise than before, by how.
  [[nodiscard]] Outcome<std::map<Ways, std::int64_t>> other_ways();

  struct OtherLimit {
    Rehearsal::Key key;  ///< aggregate, limit
    Rehearsal::Standing before;
    Rehearsal::Standing after;
  };
  struct OtherLimits {
    std::int64_t count = 0;
    std::vector<OtherLimit> first;  ///< of them, by (aggregate, limit)
  };
  /// The limits that would end otherwise, the first `most` of them in full.
  [[nodiscard]] Outcome<OtherLimits> other_limits(std::size_t most);

 private:
  /// One set of rules, and what it does.
  struct Side {
    const limits::Rules& rules;
    Rehearsal rehearsal;
    processor::RecordReader reader{};
    limits::Arena arena{};
    std::vector<store::Retry> retries{};
  };
  struct Record {
    std::string padded;
    std::size_t size;
    bool is_base64;
  };

  [[nodiscard]] Outcome<void> play_waiting();
  static void decide(const std::vector<Record>& records, Side& side);
  [[nodiscard]] static Outcome<void> play(Side& side);

  Side before_;
  Side after_;
  std::vector<Record> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::map<Ways, std::int64_t> other_ways_;
};

}  // namespace cli
