#include "store/sqlite/fold.h"

namespace store::sqlite {
namespace {

/// Whether the change says that progress was another before it than it is.
bool contradicts(const limits::Change& change, const Limit& limit) {
  return change.claimed_previous_progress && limit.has_progress() &&
         limits::Decimal::parse(limit.progress) != *change.claimed_previous_progress;
}

/// A limit, a change, and how they stand to each other.
class Fold {
 public:
  Fold(const limits::Change& change, Limit& limit, const LoadDefinitionStamps& load)
      : change_(change),
        limit_(limit),
        load_(load),
        in_order_(limit.is_empty() || change.stamp.sequence > limit.highest_stamp().sequence) {}

  [[nodiscard]] bool in_order() const { return in_order_; }

  /// Whether this very event set a group before.
  [[nodiscard]] bool known() {
    return !in_order_ && ((limit_.has_progress() && change_.stamp == limit_.stamp) ||
                          (ties_definition() && change_.stamp == definition_stamp()) ||
                          (change_.terms && stamps().has_term_of(change_.stamp)));
  }

  /// Whether an event with this number did.
  [[nodiscard]] bool tied() {
    return !in_order_ && ((limit_.has_progress() && change_.stamp.sequence == limit_.stamp.sequence) ||
                          limit_.defined_by == change_.stamp.sequence.value ||
                          (change_.terms && stamps().has_term_under(change_.stamp.sequence)));
  }

  [[nodiscard]] bool sets_progress() const {
    return change_.progress && (!limit_.has_progress() || change_.stamp > limit_.stamp);
  }

  [[nodiscard]] bool sets_definition() {
    return change_.definition && (!limit_.defined_by || change_.stamp.sequence.value > *limit_.defined_by ||
                                  (ties_definition() && change_.stamp > definition_stamp()));
  }

  void set_progress(std::string_view text) {
    const auto& reset = change_.progress->next_reset_time;
    limit_.stamp = change_.stamp;
    limit_.progress = text;
    limit_.next_reset_time = reset ? std::optional(reset->value) : std::nullopt;
    if (limit_.highest && *limit_.highest <= limit_.stamp) limit_.highest.reset();
  }

  /// Terms with a lower stamp are the definition's from now on.
  void set_definition() {
    DefinitionStamps& stamps = this->stamps();
    stamps.event_id = change_.stamp.event_id;
    for (auto& term : stamps.terms) {
      if (term && term->stamp < change_.stamp) term.reset();
    }
    limit_.definition = &*change_.definition;
    limit_.defined_by = change_.stamp.sequence.value;
  }

  /// False if it sets none.
  [[nodiscard]] bool set_terms() {
    const auto written = change_.terms->written();
    bool sets_one = false;
    for (std::size_t i = 0; i < limits::kTermCount; ++i) {
      auto& term = stamps().terms[i];
      const bool is_newer = term                ? change_.stamp > term->stamp
                            : limit_.defined_by ? change_.stamp > definition_stamp()
                                                : true;
      if (!written[i] || !is_newer) continue;
      term = set_term(*change_.terms, static_cast<limits::Term>(i), change_.stamp);
      sets_one = true;
    }
    if (sets_one && (limit_.is_empty() || change_.stamp > limit_.highest_stamp())) limit_.highest = change_.stamp;
    limit_.terms_changed |= sets_one;
    return sets_one;
  }

 private:
  DefinitionStamps& stamps() {
    if (!limit_.definition_stamps) {
      limit_.definition_stamps = limit_.stored() ? load_(limit_.id) : DefinitionStamps();
    }
    return *limit_.definition_stamps;
  }
  [[nodiscard]] bool ties_definition() const {
    return change_.definition && limit_.defined_by == change_.stamp.sequence.value;
  }
  limits::Stamp definition_stamp() { return {.sequence = {*limit_.defined_by}, .event_id = stamps().event_id}; }

  const limits::Change& change_;
  Limit& limit_;
  const LoadDefinitionStamps& load_;
  const bool in_order_;
};

}  // namespace

void fold(const limits::Change& change, Limit& limit, Outcome& outcome, Report& report,
          const LoadDefinitionStamps& load) {
  Fold fold(change, limit, load);
  outcome.in_order = fold.in_order();
  outcome.known = fold.known();
  outcome.tied = !outcome.known && fold.tied();
  const bool sets_progress = fold.sets_progress();
  const bool sets_definition = fold.sets_definition();
  if (sets_definition) fold.set_definition();
  if (sets_progress) {
    if (contradicts(change, limit)) ++report.discrepancies_seen;
    fold.set_progress(outcome.progress);
  }
  const bool sets_terms = change.terms && fold.set_terms();
  if (sets_progress || sets_definition || sets_terms) {
    limit.changed = true;
    outcome.verdict = limit.defined_by ? Verdict::kApplied : Verdict::kParked;
  } else if (limit.floor && change.stamp <= *limit.floor) {
    outcome.verdict = Verdict::kExpired;
  } else {
    outcome.verdict = outcome.known ? Verdict::kDuplicate : Verdict::kStale;
  }
}

}  // namespace store::sqlite
