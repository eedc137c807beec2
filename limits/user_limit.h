#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "limits/fault.h"

namespace limits {

enum class LimitType : std::uint8_t { kBalance, kBet, kDeposit, kLoss, kSession };
enum class Period : std::uint8_t {
  kCalendarDay,
  kCalendarWeek,
  kCalendarMonth,
  kDay,
  kIndefinite,
  kInstance,
  kWeek,
  kMonth
};
enum class Status : std::uint8_t { kActive, kCanceled, kFuture, kInCooldown };

[[nodiscard]] std::string_view to_string(LimitType);
[[nodiscard]] std::string_view to_string(Period);
[[nodiscard]] std::string_view to_string(Status);

/// A defined limit as it stands, as the CLI and the API show it. Money is canonical decimal text, times are ms since
/// 1970.
struct UserLimit {
  std::string aggregate_id;
  std::string user_limit_id;
  std::string user_id;
  std::string brand_id;
  std::string currency_code;
  LimitType type{};
  Period period{};
  Status status{};
  std::string value;
  std::string progress;
  std::optional<std::string> previous_limit_value;
  std::int64_t active_from = 0;
  std::optional<std::int64_t> active_until;
  std::optional<std::int64_t> next_reset_time;
  std::optional<std::int64_t> created_at;
};

/// One JSON object with the event's own field names and `limitId`, absent optionals left out: the stable form of a
/// limit.
[[nodiscard]] std::string to_json(const UserLimit&);

}  // namespace limits
