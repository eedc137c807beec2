#include "limits/user_limit.h"

#include <array>

#include "limits/decimal.h"

namespace limits {
namespace {

// Each in the order of its enumerators.
constexpr std::array<std::string_view, 5> kLimitTypes = {"BALANCE", "BET", "DEPOSIT", "LOSS", "SESSION"};
constexpr std::array<std::string_view, 8> kPeriods = {"CALENDAR_DAY", "CALENDAR_WEEK", "CALENDAR_MONTH", "DAY",
                                                      "INDEFINITE",   "INSTANCE",      "WEEK",           "MONTH"};
constexpr std::array<std::string_view, 4> kStatuses = {"ACTIVE", "CANCELED", "FUTURE", "IN_COOLDOWN"};

}  // namespace

template <>
std::span<const std::string_view> words<LimitType>() {
  return kLimitTypes;
}
template <>
std::span<const std::string_view> words<Period>() {
  return kPeriods;
}
template <>
std::span<const std::string_view> words<Status>() {
  return kStatuses;
}

std::string_view to_string(LimitType type) {
  return kLimitTypes[static_cast<std::size_t>(type)];
}
std::string_view to_string(Period period) {
  return kPeriods[static_cast<std::size_t>(period)];
}
std::string_view to_string(Status status) {
  return kStatuses[static_cast<std::size_t>(status)];
}

std::optional<std::string> remaining(const UserLimit& limit) {
  const std::string_view progress = limit.progress;
  const auto value = Decimal::parse(limit.value);
  const auto less = Decimal::parse(progress.starts_with('-') ? std::string(progress.substr(1)) : '-' + limit.progress);
  if (!value || !less) return std::nullopt;
  const auto rest = Decimal::add(*value, *less);
  return rest ? std::optional(rest->to_string()) : std::nullopt;
}

JsonObject as_json(const UserLimit& limit) {
  return JsonObject()
      .add("limitId", limit.user_limit_id)
      .add("aggregateId", limit.aggregate_id)
      .add("userId", limit.user_id)
      .add("brandId", limit.brand_id)
      .add("currencyCode", limit.currency_code)
      .add("type", to_string(limit.type))
      .add("period", to_string(limit.period))
      .add("status", to_string(limit.status))
      .add("value", limit.value)
      .add("progress", limit.progress)
      .add("remaining", remaining(limit))
      .add("previousLimitValue", limit.previous_limit_value)
      .add("activeFrom", limit.active_from)
      .add("activeUntil", limit.active_until)
      .add("nextResetTime", limit.next_reset_time)
      .add("createdAt", limit.created_at);
}

std::string to_json(const UserLimit& limit) {
  return as_json(limit).str();
}

}  // namespace limits
