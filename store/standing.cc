#include "store/standing.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "limits/discrepancy.h"
#include "limits/handlers.h"
#include "limits/write_group.h"

namespace store {
namespace {

constexpr std::array<std::string_view, 3> kObscurities = {"no-history", "pruned", "unreadable"};

using limits::Term;

constexpr std::array<Term, limits::kTermCount> kTerms = {Term::kActiveUntil, Term::kPreviousLimitValue, Term::kStatus,
                                                         Term::kValue};

OwnedStamp stamp_of(const HistoryRow& row) {
  return {.sequence = row.sequence, .event_id = row.event_id};
}

std::optional<OwnedStamp> stamp_of(const HistoryRow* row) {
  return row != nullptr ? std::optional(stamp_of(*row)) : std::nullopt;
}

bool is_below(const HistoryRow& row, const HistoryRow& other) {
  return std::tie(row.sequence, row.event_id) < std::tie(other.sequence, other.event_id);
}

limits::Fault fault_at(const HistoryRow& row, limits::Fault fault) {
  fault.what = fmt::format("event {} (sequence number {}): {}", row.event_id, row.sequence, fault.what);
  return fault;
}

/// Of each group the event with the highest stamp that writes it; null if none does.
struct Basis {
  const HistoryRow* definition = nullptr;
  const HistoryRow* progress = nullptr;
  std::array<const HistoryRow*, limits::kTermCount> terms{};  ///< a definition writes all of them

  [[nodiscard]] const HistoryRow* of(Term term) const { return terms[static_cast<std::size_t>(term)]; }
  [[nodiscard]] std::array<const HistoryRow*, 2 + limits::kTermCount> groups() const {
    return {definition, progress, terms[0], terms[1], terms[2], terms[3]};
  }
  /// Each once, the highest stamp first.
  [[nodiscard]] std::vector<const HistoryRow*> events() const {
    std::vector<const HistoryRow*> events;
    for (const HistoryRow* row : groups()) {
      if (row != nullptr && std::ranges::find(events, row) == events.end()) events.push_back(row);
    }
    std::ranges::sort(events, [](const HistoryRow* a, const HistoryRow* b) { return is_below(*b, *a); });
    return events;
  }
};

/// By those events that count.
template <class Counts>
limits::Checked<Basis> basis_of(const std::vector<HistoryRow>& history, const Counts& counts) {
  Basis basis;
  for (const HistoryRow& row : history) {
    if (!counts(row)) continue;
    const auto handler = handler_of(row);
    if (!handler) return std::unexpected(fault_at(row, handler.error()));
    const limits::Groups writes = limits::groups_of(**handler, row.fields);
    const auto take = [&row](const HistoryRow*& highest) {
      if (highest == nullptr || is_below(*highest, row)) highest = &row;
    };
    if (writes.definition) take(basis.definition);
    if (writes.progress) take(basis.progress);
    for (std::size_t i = 0; i < basis.terms.size(); ++i) {
      if (writes.terms[i]) take(basis.terms[i]);
    }
  }
  return basis;
}

std::vector<std::string_view> fields_set_by(const HistoryRow* row, const Basis& basis) {
  std::vector<std::string_view> fields;
  if (row == basis.progress) fields = {"progress", "nextResetTime"};
  for (const Term term : {Term::kValue, Term::kStatus, Term::kPreviousLimitValue, Term::kActiveUntil}) {
    if (row == basis.of(term)) fields.push_back(limits::name_of(term));
  }
  if (row == basis.definition) {
    fields.insert(fields.end(), {"type", "period", "currencyCode", "userId", "brandId", "activeFrom", "createdAt"});
  }
  return fields;
}

/// One fold of some of a limit's events.
class Fold {
 public:
  Fold(const KeptLimit& kept, std::optional<limits::TimeMs> until, HistoryReader& reader)
      : kept_(kept), until_(until), reader_(reader) {}

  [[nodiscard]] limits::Checked<Basis> basis() const {
    return basis_of(kept_.history, [this](const HistoryRow& row) { return counts(row); });
  }

  [[nodiscard]] limits::Checked<Standing> stand(const Basis& basis) const {
    Standing standing;
    standing.limit.state.aggregate_id = kept_.state.aggregate_id;
    standing.limit.state.user_limit_id = kept_.state.user_limit_id;
    for (const HistoryRow* row : basis.events()) {
      limits::Before before;
      if (row == basis.progress) {
        auto known = before_progress(*row);
        if (!known) return std::unexpected(known.error());
        before = *known;
      }
      const auto reading = reader_.read(*row);
      if (!reading) return std::unexpected(fault_at(*row, reading.error()));
      write(row, basis, reading->change, standing.limit);
      Cause& cause = standing.causes.emplace_back();
      cause.event = *row;
      cause.sets = fields_set_by(row, basis);
      if (row == basis.progress) add_sum(*reading, before, cause);
    }
    return standing;
  }

 private:
  [[nodiscard]] bool counts(const HistoryRow& row) const { return !until_ || row.created_at <= until_->value; }

  /// How the limit stood right before the event that set progress, as far as the history has it.
  [[nodiscard]] limits::Checked<limits::Before> before_progress(const HistoryRow& event) const {
    const auto basis =
        basis_of(kept_.history, [&](const HistoryRow& row) { return counts(row) && is_below(row, event); });
    if (!basis) return std::unexpected(basis.error());
    limits::Before before;
    if (basis->progress != nullptr && !kept_.may_lack_events_before(event)) {
      const auto progress = limits::Decimal::parse(basis->progress->progress_after.value_or(""));
      if (progress) before.progress = *progress;
    }
    if (const HistoryRow* row = basis->of(Term::kValue)) {
      const auto reading = reader_.read(*row);
      if (!reading) return std::unexpected(fault_at(*row, reading.error()));
      const limits::Change& change = reading->change;
      before.value = change.definition ? change.definition->value : *change.terms->value;
    }
    return before;
  }

  static void write(const HistoryRow* row, const Basis& basis, const limits::Change& change, KeptLimit& limit) {
    if (row == basis.definition) {
      limits::write_definition(change, limit.state);
      limit.definition = stamp_of(*row);
    }
    if (row == basis.progress) {
      limits::write_progress(change, limit.state);
      limit.progress = stamp_of(*row);
    }
    for (const Term term : kTerms) {
      if (row != basis.of(term)) continue;
      limits::write_term(term, change, limit.state);
      if (row != basis.definition) limit.terms[static_cast<std::size_t>(term)] = stamp_of(*row);
    }
  }

  static void add_sum(const HistoryReader::Reading& reading, const limits::Before& before, Cause& cause) {
    if (const auto& claimed = reading.change.claimed_previous_progress) cause.progress_before = claimed->to_string();
    const limits::Value& amount = reading.event[limits::Field::kAmount];
    if (amount.kind == limits::Value::Kind::kString) cause.amount = amount.text;
    cause.discrepancies = limits::discrepancies(reading.event, before);
  }

  const KeptLimit& kept_;
  const std::optional<limits::TimeMs> until_;
  HistoryReader& reader_;
};

/// Whether each group rests upon an event that is in the history.
bool is_whole(const KeptLimit& kept, const Basis& basis) {
  if (stamp_of(basis.definition) != kept.definition || stamp_of(basis.progress) != kept.progress) return false;
  return std::ranges::all_of(kTerms, [&](Term term) {
    const auto& own = kept.terms[static_cast<std::size_t>(term)];
    return stamp_of(basis.of(term)) == (own ? own : kept.definition);
  });
}

/// Of a group, what is missing is not above the floor, and below the event that the group rests upon now.
bool may_have_been_another(const HistoryRow* then, const HistoryRow* now, const OwnedStamp& floor) {
  return then != now && (then == nullptr || stamp_of(*then) < floor);
}

std::unexpected<Obscured> unreadable(const limits::Fault& fault) {
  return std::unexpected(Obscured{.why = Obscurity::kUnreadable, .what = fault.what});
}

}  // namespace

std::string_view to_string(Obscurity why) {
  return kObscurities[static_cast<std::size_t>(why)];
}

limits::Checked<Standing> fold(const KeptLimit& kept, HistoryReader& reader) {
  const Fold all(kept, std::nullopt, reader);
  const auto basis = all.basis();
  if (!basis) return std::unexpected(basis.error());
  return all.stand(*basis);
}

KeptFilter::Wants needed_for_standing(std::optional<limits::TimeMs> at) {
  return
      [at, now = limits::Groups(), then = limits::Groups(), before = limits::Groups()](const HistoryRow& row) mutable {
        const auto handler = handler_of(row);
        if (!handler) return true;  // so that it is told
        const limits::Groups writes = limits::groups_of(**handler, row.fields);
        bool needed = now.add(writes);
        if (!at || row.created_at <= at->value) {
          const bool is_before_progress = then.progress;
          needed |= then.add(writes);
          needed |= is_before_progress && before.add(writes);
        }
        return needed;
      };
}

std::expected<Standing, Obscured> standing(const KeptLimit& kept, std::optional<limits::TimeMs> at,
                                           HistoryReader& reader) {
  const auto now = Fold(kept, std::nullopt, reader).basis();
  if (!now) return unreadable(now.error());
  if (!is_whole(kept, *now)) {
    return std::unexpected(Obscured{.why = Obscurity::kNoHistory,
                                    .what = kept.history.empty() ? "the store keeps no history"
                                                                 : "the store did not keep the history all the time"});
  }
  const Fold some(kept, at, reader);
  const auto then = some.basis();
  if (!then) return unreadable(then.error());
  const auto groups_then = then->groups();
  const auto groups_now = now->groups();
  for (std::size_t i = 0; kept.floor && i < groups_now.size(); ++i) {
    if (!may_have_been_another(groups_then[i], groups_now[i], *kept.floor)) continue;
    return std::unexpected(Obscured{
        .why = Obscurity::kPruned,
        .what =
            fmt::format("its old events up to sequence number {} ({}) were pruned, and one of them may have counted",
                        kept.floor->sequence, kept.floor->event_id)});
  }
  auto stood = some.stand(*then);
  if (!stood) return unreadable(stood.error());
  return std::move(*stood);
}

}  // namespace store
