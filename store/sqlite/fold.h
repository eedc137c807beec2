#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "limits/change.h"
#include "store/sqlite/chain.h"
#include "store/sqlite/terms.h"
#include "store/store.h"

namespace store::sqlite {

/// A limit during a batch: its row of limit_progress, and what the batch makes of it. Text is the batch's.
struct Limit {
  std::int64_t id = 0;  ///< 0: not stored yet
  limits::Stamp stamp;  ///< of the progress group; means nothing while `progress` is empty
  std::string_view progress;
  std::optional<std::int64_t> next_reset_time;
  std::optional<std::int64_t> defined_by;              ///< the sequence number of the definition's stamp
  std::optional<limits::Stamp> highest;                ///< of all its stamps, if that is not the progress group's
  limits::Seldom<DefinitionStamps> definition_stamps;  ///< once they were needed
  const limits::Definition* definition = nullptr;      ///< set if the batch wrote one
  bool terms_changed = false;
  chain::End newest;
  std::optional<limits::Stamp> floor;
  bool changed = false;

  [[nodiscard]] bool stored() const { return id != 0; }
  [[nodiscard]] bool has_progress() const { return !progress.empty(); }
  [[nodiscard]] bool is_empty() const { return !has_progress() && !highest; }
  [[nodiscard]] const limits::Stamp& highest_stamp() const { return highest ? *highest : stamp; }
};

/// What became of one change.
struct Outcome {
  std::string_view progress;  ///< what it sets, as text; empty if it sets none
  Verdict verdict{};
  bool in_order = false;  ///< it has the highest sequence number of the limit so far
  bool known = false;     ///< its very event set a group before
  bool tied = false;      ///< another event, with its sequence number, set a group before
  bool has_row = false;   ///< it gets a row in the history
  chain::NewRow row;
};

/// Judges a change by the stamps of the limit's groups and applies it. `outcome.progress` is given; the verdict is
/// final unless it is kStale: then the history may know the event. Loads what a stored limit's definition rests upon if
/// that matters.
void fold(const limits::Change& change, Limit& limit, Outcome& outcome, Report& report,
          const LoadDefinitionStamps& load);

}  // namespace store::sqlite
