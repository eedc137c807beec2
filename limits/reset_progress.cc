#include "limits/handlers.h"

namespace limits {
namespace {

using enum FieldKind;
using enum Presence;

constexpr FieldSpec kSpecs[] = {
    {Field::kBrandId, kId, kOptional},          {Field::kCurrencyCode, kText, kOptional},
    {Field::kNextResetTime, kTime, kOptional},  {Field::kPeriod, kPeriod, kOptional},
    {Field::kResetAmount, kDecimal, kOptional}, {Field::kResetPercentage, kDecimal, kOptional},
    {Field::kType, kLimitType, kOptional},      {Field::kUnusedAmount, kDecimal, kOptional},
    {Field::kUserId, kId, kOptional},           {Field::kUserLimitId, kId, kRequired},
};

Checked<Change> apply(const Payload& payload) {
  Change change;
  change.progress = Progress{.progress = Decimal(), .next_reset_time = payload.find<TimeMs>(Field::kNextResetTime)};
  change.claimed_previous_progress = payload.find<Decimal>(Field::kResetAmount);
  return change;
}

}  // namespace

extern const Handler kResetProgress = {
    .name = "reset_progress",
    .summary = "Sets progress to 0; resetAmount is what it was before.",
    .fields = kSpecs,
    .apply = apply,
    .writes = {.progress = true},
};

}  // namespace limits
