#include "limits/handlers.h"

namespace limits {
namespace {

using enum FieldKind;
using enum Presence;

constexpr FieldSpec kSpecs[] = {
    {Field::kAmount, kDecimal, kRequired},
    {Field::kBrandId, kId, kOptional},
    {Field::kCurrencyCode, kText, kOptional},
    {Field::kNextResetTime, kTime, kOptional},
    {Field::kPreviousProgress, kDecimal, kRequired},
    {Field::kRemainingAmount, kDecimal, kOptional},
    {Field::kUserId, kId, kOptional},
    {Field::kUserLimitId, kId, kRequired},
};

/// The event says what progress was before it: so it needs no earlier event, and the order of delivery does not matter.
Checked<Change> apply(const Payload& payload) {
  const Decimal& before = payload.get<Decimal>(Field::kPreviousProgress);
  auto after = Decimal::add(before, payload.get<Decimal>(Field::kAmount));
  if (!after) {
    after.error().what.insert(0, "payload.amount: ");
    return std::unexpected(std::move(after.error()));
  }
  Change change;
  change.progress = Progress{.progress = *after, .next_reset_time = payload.find<TimeMs>(Field::kNextResetTime)};
  change.claimed_previous_progress = before;
  return change;
}

}  // namespace

extern const Handler kChangeProgress = {
    .name = "change_progress",
    .summary = "Sets progress to previousProgress + amount.",
    .fields = kSpecs,
    .apply = apply,
    .writes = {.progress = true},
};

}  // namespace limits
