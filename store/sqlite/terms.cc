#include "store/sqlite/terms.h"

#include <algorithm>

namespace store::sqlite {

bool DefinitionStamps::has_term_of(const limits::Stamp& stamp) const {
  return std::ranges::any_of(terms, [&](const auto& term) { return term && term->stamp == stamp; });
}

bool DefinitionStamps::has_term_under(limits::AggregateSeq sequence) const {
  return std::ranges::any_of(terms, [&](const auto& term) { return term && term->stamp.sequence == sequence; });
}

SetTerm set_term(const limits::Terms& terms, limits::Term term, const limits::Stamp& stamp) {
  SetTerm set{.stamp = stamp};
  switch (term) {
    case limits::Term::kActiveUntil:
      if (const auto& time = *terms.active_until) set.value = time->value;
      break;
    case limits::Term::kPreviousLimitValue:
      if (const auto& number = *terms.previous_limit_value) set.value = *number;
      break;
    case limits::Term::kStatus:
      set.value = to_string(*terms.status);
      break;
    case limits::Term::kValue:
      set.value = *terms.value;
      break;
  }
  return set;
}

DefinitionStamps TermColumns::load(std::int64_t limit_id, limits::Arena& arena) {
  DefinitionStamps stamps;
  auto rows = load_.query(limit_id);
  if (!rows.next()) return stamps;
  stamps.event_id = arena.keep(load_.text(0));
  int column = 1;
  for (std::size_t i = 0; i < limits::kTermCount; ++i, column += 3) {
    if (load_.is_null(column + 1)) continue;
    SetTerm& term = stamps.terms[i].emplace();
    term.stamp = {.sequence = {load_.integer(column + 1)}, .event_id = arena.keep(load_.text(column + 2))};
    if (load_.is_null(column)) continue;
    if (static_cast<limits::Term>(i) == limits::Term::kActiveUntil) {
      term.value = load_.integer(column);
    } else {
      term.value = arena.keep(load_.text(column));
    }
  }
  return stamps;
}

void TermColumns::save(std::int64_t limit_id, const DefinitionStamps& stamps) {
  for (std::size_t i = 0; i < limits::kTermCount; ++i) {
    if (!stamps.terms[i]) continue;
    const limits::Stamp& stamp = stamps.terms[i]->stamp;
    std::visit([&](const auto& value) { save_[i].run(limit_id, value, stamp.sequence.value, stamp.event_id); },
               stamps.terms[i]->value);
  }
}

}  // namespace store::sqlite
