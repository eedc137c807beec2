#include "limits/discrepancy.h"

namespace limits {
namespace {

std::optional<Decimal> money(const Event& event, Field field) {
  if (event[field].kind != Value::Kind::kString) return std::nullopt;
  const auto number = Decimal::parse(event[field].text);
  return number ? std::optional(*number) : std::nullopt;
}

/// Nothing if one of them is missing, or if there is no such number of ours.
std::optional<Decimal> sum(const std::optional<Decimal>& a, const std::optional<Decimal>& b) {
  if (!a || !b) return std::nullopt;
  const auto exact = Decimal::add(*a, *b);
  return exact ? std::optional(*exact) : std::nullopt;
}

}  // namespace

std::vector<std::string> discrepancies(const Event& event, const Before& before) {
  std::vector<std::string> found;
  const auto compare = [&](std::string_view what, const std::optional<Decimal>& is, std::string_view other,
                           const std::optional<Decimal>& should_be) {
    if (!is || !should_be || *is == *should_be) return;
    found.push_back(std::string(what) + " is " + is->to_string() + ", but " + std::string(other) + " was " +
                    should_be->to_string());
  };
  const auto previous = money(event, Field::kPreviousProgress);
  const auto reset = money(event, Field::kResetAmount);
  compare("previousProgress", previous, "progress", before.progress);
  compare("resetAmount", reset, "progress", before.progress);
  compare("previousProgress + amount + remainingAmount",
          sum(sum(previous, money(event, Field::kAmount)), money(event, Field::kRemainingAmount)), "value",
          before.value);
  compare("resetAmount + unusedAmount", sum(reset, money(event, Field::kUnusedAmount)), "value", before.value);
  const auto percentage = money(event, Field::kResetPercentage);
  if (percentage && reset && before.value && *before.value != Decimal() &&
      !Decimal::is_percentage(*percentage, *reset, *before.value)) {
    found.push_back("resetPercentage is " + percentage->to_string() + ", but resetAmount is " + reset->to_string() +
                    " of " + before.value->to_string());
  }
  return found;
}

}  // namespace limits
