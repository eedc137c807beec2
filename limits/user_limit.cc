#include "limits/user_limit.h"

#include <array>
#include <utility>

#include "limits/json_text.h"

namespace limits {
namespace {

// Each in the order of its enumerators.
constexpr std::array<std::string_view, 5> kLimitTypes = {"BALANCE", "BET", "DEPOSIT", "LOSS", "SESSION"};
constexpr std::array<std::string_view, 8> kPeriods = {"CALENDAR_DAY", "CALENDAR_WEEK", "CALENDAR_MONTH", "DAY",
                                                      "INDEFINITE",   "INSTANCE",      "WEEK",           "MONTH"};
constexpr std::array<std::string_view, 4> kStatuses = {"ACTIVE", "CANCELED", "FUTURE", "IN_COOLDOWN"};

/// A JSON object, member after member; an absent optional is no member.
class Object {
 public:
  Object& add(std::string_view name, std::string_view text) {
    append_json_string(member(name), text);
    return *this;
  }
  Object& add(std::string_view name, std::int64_t number) {
    member(name) += std::to_string(number);
    return *this;
  }
  template <class T>
  Object& add(std::string_view name, const std::optional<T>& value) {
    return value ? add(name, *value) : *this;
  }
  [[nodiscard]] std::string end() { return std::move(json_ += '}'); }

 private:
  std::string& member(std::string_view name) {
    json_ += json_.empty() ? "{\"" : ",\"";
    return json_.append(name).append("\":");
  }

  std::string json_;
};

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

std::string to_json(const UserLimit& limit) {
  return Object()
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
      .add("previousLimitValue", limit.previous_limit_value)
      .add("activeFrom", limit.active_from)
      .add("activeUntil", limit.active_until)
      .add("nextResetTime", limit.next_reset_time)
      .add("createdAt", limit.created_at)
      .end();
}

}  // namespace limits
