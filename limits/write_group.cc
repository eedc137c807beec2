#include "limits/write_group.h"

namespace limits {
namespace {

std::optional<std::int64_t> ms(const std::optional<TimeMs>& time) {
  return time ? std::optional(time->value) : std::nullopt;
}

std::optional<std::string> text(const std::optional<Decimal>& number) {
  return number ? std::optional(number->to_string()) : std::nullopt;
}

}  // namespace

void write_definition(const Change& change, UserLimit& limit) {
  const Definition& definition = *change.definition;
  limit.user_id = definition.user_id;
  limit.brand_id = definition.brand_id;
  limit.currency_code = definition.currency_code;
  limit.type = definition.type;
  limit.period = definition.period;
  limit.active_from = definition.active_from.value;
  limit.created_at = ms(definition.created_at);
}

void write_progress(const Change& change, UserLimit& limit) {
  limit.progress = change.progress->progress.to_string();
  limit.next_reset_time = ms(change.progress->next_reset_time);
}

void write_term(Term term, const Change& change, UserLimit& limit) {
  const Seldom<Definition>& whole = change.definition;
  switch (term) {
    case Term::kActiveUntil:
      limit.active_until = ms(whole ? whole->active_until : *change.terms->active_until);
      break;
    case Term::kPreviousLimitValue:
      limit.previous_limit_value = text(whole ? whole->previous_limit_value : *change.terms->previous_limit_value);
      break;
    case Term::kStatus:
      limit.status = whole ? whole->status : *change.terms->status;
      break;
    case Term::kValue:
      limit.value = (whole ? whole->value : *change.terms->value).to_string();
      break;
  }
}

}  // namespace limits
