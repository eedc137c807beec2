#include "limits/handlers.h"

namespace limits {
namespace {

using enum FieldKind;
using enum Presence;

constexpr FieldSpec kSpecs[] = {
    {Field::kActiveFrom, kTime, kRequired},   {Field::kActiveUntil, kTime, kOptional},
    {Field::kBrandId, kId, kRequired},        {Field::kCreatedAt, kTime, kOptional},
    {Field::kCurrencyCode, kText, kRequired}, {Field::kNextResetTime, kTime, kOptional},
    {Field::kPeriod, kPeriod, kRequired},     {Field::kPreviousLimitValue, kDecimal, kOptional},
    {Field::kProgress, kDecimal, kOptional},  {Field::kStatus, kStatus, kRequired},
    {Field::kType, kLimitType, kRequired},    {Field::kUserId, kId, kRequired},
    {Field::kUserLimitId, kId, kRequired},    {Field::kValue, kDecimal, kRequired},
};

Checked<Change> apply(const Payload& payload) {
  Change change;
  change.definition = Definition{
      .user_id = payload.get<std::string_view>(Field::kUserId),
      .brand_id = payload.get<std::string_view>(Field::kBrandId),
      .currency_code = payload.get<std::string_view>(Field::kCurrencyCode),
      .type = payload.get<LimitType>(Field::kType),
      .period = payload.get<Period>(Field::kPeriod),
      .status = payload.get<Status>(Field::kStatus),
      .value = payload.get<Decimal>(Field::kValue),
      .previous_limit_value = payload.find<Decimal>(Field::kPreviousLimitValue),
      .active_from = payload.get<TimeMs>(Field::kActiveFrom),
      .active_until = payload.find<TimeMs>(Field::kActiveUntil),
      .created_at = payload.find<TimeMs>(Field::kCreatedAt),
  };
  change.progress = Progress{
      .progress = payload.find<Decimal>(Field::kProgress).value_or(Decimal()),
      .next_reset_time = payload.find<TimeMs>(Field::kNextResetTime),
  };
  return change;
}

}  // namespace

extern const Handler kCreateLimit = {
    .name = "create_limit",
    .summary = "Sets the definition of a limit, and its progress to the event's or to 0.",
    .fields = kSpecs,
    .apply = apply,
    .writes = {.definition = true, .progress = true, .terms = kAllTerms},
};

}  // namespace limits
