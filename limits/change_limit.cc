#include "limits/handlers.h"

namespace limits {
namespace {

using enum FieldKind;
using enum Presence;

constexpr FieldSpec kSpecs[] = {
    {Field::kActiveUntil, kTime, kNullable}, {Field::kPreviousLimitValue, kDecimal, kNullable},
    {Field::kStatus, kStatus, kOptional},    {Field::kUserLimitId, kId, kRequired},
    {Field::kValue, kDecimal, kOptional},
};

/// Nothing if the field did not come; no value in it if that is what it says.
template <class T>
std::optional<std::optional<T>> find_nullable(const Payload& payload, Field field) {
  if (payload.is_absent(field)) return std::nullopt;
  return std::optional<std::optional<T>>(std::in_place, payload.find<T>(field));
}

Checked<Change> apply(const Payload& payload) {
  Change change;
  change.terms = Terms{
      .active_until = find_nullable<TimeMs>(payload, Field::kActiveUntil),
      .previous_limit_value = find_nullable<Decimal>(payload, Field::kPreviousLimitValue),
      .status = payload.find<Status>(Field::kStatus),
      .value = payload.find<Decimal>(Field::kValue),
  };
  if (change.terms->written().none()) {
    return std::unexpected(
        Fault{Reason::kMissingField, "payload: expected activeUntil, previousLimitValue, status or value, found none"});
  }
  return change;
}

}  // namespace

extern const Handler kChangeLimit = {
    .name = "change_limit",
    .summary = "Sets those of a limit's terms that come, each by a stamp of its own.",
    .fields = kSpecs,
    .apply = apply,
    .writes = {.terms = kAllTerms},
};

}  // namespace limits
