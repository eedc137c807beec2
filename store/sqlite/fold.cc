#include "store/sqlite/fold.h"

namespace store::sqlite {
namespace {

/// Whether the change says that progress was another before it than it is.
bool contradicts(const limits::Change& change, const Limit& limit) {
  return change.claimed_previous_progress && limit.has_progress() &&
         limits::Decimal::parse(limit.progress) != *change.claimed_previous_progress;
}

}  // namespace

void fold(const limits::Change& change, Limit& limit, Outcome& outcome, Report& report,
          const LoadDefiningEvent& load_defining_event) {
  const auto definition_stamp = [&]() -> limits::Stamp {
    if (!limit.defining_event) limit.defining_event = load_defining_event(limit.id);
    return {.sequence = {*limit.defined_by}, .event_id = *limit.defining_event};
  };
  const std::int64_t sequence = change.stamp.sequence.value;
  const bool ties_definition = limit.defined_by == sequence && change.definition;
  outcome.in_order = !limit.has_progress() || change.stamp.sequence > limit.stamp.sequence;
  outcome.known =
      !outcome.in_order && (change.stamp == limit.stamp || (ties_definition && change.stamp == definition_stamp()));
  outcome.tied = !outcome.known && ((limit.has_progress() && change.stamp.sequence == limit.stamp.sequence) ||
                                    limit.defined_by == sequence);
  const bool sets_progress = outcome.in_order || change.stamp > limit.stamp;
  const bool sets_definition = change.definition && (!limit.defined_by || sequence > *limit.defined_by ||
                                                     (ties_definition && change.stamp > definition_stamp()));
  if (sets_definition) {
    limit.definition = &*change.definition;
    limit.defined_by = sequence;
    limit.defining_event = change.stamp.event_id;
  }
  if (sets_progress) {
    if (contradicts(change, limit)) ++report.discrepancies_seen;
    limit.stamp = change.stamp;
    limit.progress = outcome.progress;
    limit.next_reset_time =
        change.progress->next_reset_time ? std::optional(change.progress->next_reset_time->value) : std::nullopt;
  }
  if (sets_progress || sets_definition) {
    limit.changed = true;
    outcome.verdict = limit.defined_by ? Verdict::kApplied : Verdict::kParked;
  } else if (limit.floor && change.stamp <= *limit.floor) {
    outcome.verdict = Verdict::kExpired;
  } else {
    outcome.verdict = outcome.known ? Verdict::kDuplicate : Verdict::kStale;
  }
}

}  // namespace store::sqlite
