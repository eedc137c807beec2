#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "limits/change.h"
#include "store/sqlite/chain.h"
#include "store/store.h"

namespace store::sqlite {

/// A limit during a batch: its row of limit_progress, and what the batch makes of it. Text is the batch's.
struct Limit {
  std::int64_t id = 0;  ///< 0: not stored yet
  limits::Stamp stamp;  ///< of the progress group, and the highest of all; means nothing while `progress` is empty
  std::string_view progress;
  std::optional<std::int64_t> next_reset_time;
  std::optional<std::int64_t> defined_by;          ///< the sequence number of the definition's stamp
  std::optional<std::string_view> defining_event;  ///< the rest of it, once it was needed
  const limits::Definition* definition = nullptr;  ///< set if the batch wrote one
  chain::End newest;
  std::optional<limits::Stamp> floor;
  bool changed = false;

  [[nodiscard]] bool stored() const { return id != 0; }
  [[nodiscard]] bool has_progress() const { return !progress.empty(); }
};

/// What became of one change.
struct Outcome {
  std::string_view progress;  ///< what it sets, as text
  Verdict verdict{};
  bool in_order = false;  ///< it has the highest sequence number of the limit so far
  bool known = false;     ///< its very event set a group before
  bool tied = false;      ///< another event, with its sequence number, set a group before
  bool has_row = false;   ///< it gets a row in the history
  chain::NewRow row;
};

/// Loads the id of the event that defined a stored limit: asked for only when two sequence numbers are the same.
using LoadDefiningEvent = std::function<std::string_view(std::int64_t limit_id)>;

/// Judges a change by the stamps of the limit's groups and applies it. `outcome.progress` is given; the verdict is
/// final unless it is kStale: then the history may know the event.
void fold(const limits::Change& change, Limit& limit, Outcome& outcome, Report& report,
          const LoadDefiningEvent& load_defining_event);

}  // namespace store::sqlite
