#include "cli/limit_audit.h"

#include <algorithm>
#include <tuple>

#include "limits/discrepancy.h"
#include "store/standing.h"

namespace cli {
namespace {

std::string number(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : "null";
}

std::string stamp(const store::OwnedStamp& stamp) {
  return std::to_string(stamp.sequence) + ' ' + stamp.event_id;
}

/// "progress is 7, but its history says 9; nextResetTime is …"
std::string difference(const Members& is, const Members& should_be) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view stored, std::string_view folded) {
    text.append(text.empty() ? "" : "; ").append(name).append(" is ").append(stored);
    text.append(", but its history says ").append(folded);
  };
  const auto find = [](const Members& members, std::string_view name) -> std::optional<std::string_view> {
    const auto found = std::ranges::find(members, name, &Members::value_type::first);
    return found == members.end() ? std::nullopt : std::optional<std::string_view>(found->second);
  };
  for (const auto& [name, stored] : is) {
    if (const auto folded = find(should_be, name); folded != stored) add(name, stored, folded.value_or("nothing"));
  }
  for (const auto& [name, folded] : should_be) {
    if (!find(is, name)) add(name, "nothing", folded);
  }
  return text;
}

auto place_of(const store::HistoryRow& row) {
  return std::tie(row.sequence, row.event_id);
}

std::optional<std::string> progress_after(const limits::Change& change) {
  return change.progress ? std::optional(change.progress->progress.to_string()) : std::nullopt;
}

}  // namespace

Members members_of(const store::KeptLimit& limit) {
  const limits::UserLimit& state = limit.state;
  Members members;
  if (limit.definition) {
    members = {{"definedBy", stamp(*limit.definition)},
               {"userId", state.user_id},
               {"brandId", state.brand_id},
               {"currencyCode", state.currency_code},
               {"type", std::string(to_string(state.type))},
               {"period", std::string(to_string(state.period))},
               {"activeFrom", std::to_string(state.active_from)},
               {"createdAt", number(state.created_at)}};
  }
  const auto add_term = [&](limits::Term term, std::string_view by, std::string value) {
    const auto& changed = limit.terms[static_cast<std::size_t>(term)];
    if (changed || limit.definition) members.emplace_back(name_of(term), std::move(value));
    if (changed) members.emplace_back(by, stamp(*changed));
  };
  using enum limits::Term;
  add_term(kActiveUntil, "activeUntilBy", number(state.active_until));
  add_term(kPreviousLimitValue, "previousLimitValueBy", state.previous_limit_value.value_or("null"));
  add_term(kStatus, "statusBy", std::string(to_string(state.status)));
  add_term(kValue, "valueBy", state.value);
  if (limit.progress) {
    members.emplace_back("progressBy", stamp(*limit.progress));
    members.emplace_back("progress", state.progress);
    members.emplace_back("nextResetTime", number(state.next_reset_time));
  }
  return members;
}

LimitAudit::Result LimitAudit::audit(const store::KeptLimit& kept, const OnFinding& on_finding) {
  if (kept.history.empty()) return {};
  if (!check_events(kept, on_finding)) return {};
  auto folded = store::fold(kept, reader_);
  if (!folded) return {};
  Result result{.folded = std::move(folded->limit)};
  const Members is = members_of(kept);
  const Members should_be = members_of(*result.folded);
  result.differs = is != should_be;
  if (result.differs) {
    on_finding({.kind = "state_differs",
                .limit = kept.state.user_limit_id,
                .aggregate = kept.state.aggregate_id,
                .what = difference(is, should_be)});
  }
  return result;
}

bool LimitAudit::check_events(const store::KeptLimit& kept, const OnFinding& on_finding) {
  limits::Before before;
  const store::HistoryRow* previous = nullptr;
  bool all_read = true;
  for (const store::HistoryRow& row : kept.history) {
    const auto find = [&](std::string_view kind, const std::string& what) {
      on_finding(
          {.kind = kind,
           .limit = kept.state.user_limit_id,
           .aggregate = kept.state.aggregate_id,
           .what = "event " + row.event_id + " (sequence number " + std::to_string(row.sequence) + "): " + what});
    };
    if (previous != nullptr && !(place_of(*previous) < place_of(row))) {
      find("history_order", "stands in the history behind event " + previous->event_id);
    } else if (previous != nullptr && previous->sequence == row.sequence) {
      find("sequence_conflict", "event " + previous->event_id + " has this number too");
    }
    previous = &row;
    if (kept.may_lack_events_before(row)) before.progress.reset();
    const auto read = reader_.read(row);
    if (!read) {
      find("unreadable_event", read.error().what);
      all_read = false;
      before = {};
      continue;
    }
    const auto& [event, change] = *read;
    for (const std::string& what : limits::discrepancies(event, before)) find("discrepancy", what);
    if (const auto after = progress_after(change); row.progress_after != after) {
      find("history_differs", "progress after it is " + row.progress_after.value_or("null") + ", but the event says " +
                                  after.value_or("null"));
    }
    if (change.progress) before.progress = change.progress->progress;
    if (change.definition) before.value = change.definition->value;
    if (change.terms && change.terms->value) before.value = change.terms->value;
  }
  return all_read;
}

}  // namespace cli
