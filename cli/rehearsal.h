#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/command.h"

namespace cli {

/// Plays replays on a copy, in memory, of the limits that they touch: what would change, with nothing written.
class Rehearsal {
 public:
  explicit Rehearsal(store::Reader& actual);

  /// Returns what became of the changes there.
  [[nodiscard]] Outcome<store::Report> play(const store::Replay& replay);
  /// Each limit that would change, before and after; and what would fail again, as kFailed.
  [[nodiscard]] Outcome<void> tell(Output& output);

  /// A limit, or nothing if it is not there.
  using Standing = std::optional<store::KeptLimit>;
  [[nodiscard]] static std::string describe(const Standing& standing);
  [[nodiscard]] static std::string to_json(const Standing& standing);
  /// How a limit that was played stood and how it would stand.
  [[nodiscard]] Outcome<std::pair<Standing, Standing>> before_and_after(const limits::LimitKey& key);

  using Key = std::pair<std::string, std::string>;  ///< aggregate, limit
  /// How each limit that was played stood.
  [[nodiscard]] const std::map<Key, Standing>& before() const { return before_; }
  /// How each of them would stand.
  [[nodiscard]] Outcome<std::map<Key, Standing>> after();

 private:
  [[nodiscard]] Outcome<void> copy_limit(const limits::LimitKey& key);

  store::Reader& actual_;
  std::unique_ptr<store::Store> stage_;
  std::unique_ptr<store::Reader> seen_;
  std::map<Key, Standing> before_;
  std::int64_t without_effect_ = 0;
  std::int64_t failing_ = 0;
};

}  // namespace cli
