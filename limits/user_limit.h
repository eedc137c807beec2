#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "limits/json_object.h"

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

/// The words that events, stores and answers write for an enumeration's values ("CALENDAR_DAY"), in their order.
template <class Enum>
[[nodiscard]] std::span<const std::string_view> words();
template <>
[[nodiscard]] std::span<const std::string_view> words<LimitType>();
template <>
[[nodiscard]] std::span<const std::string_view> words<Period>();
template <>
[[nodiscard]] std::span<const std::string_view> words<Status>();

[[nodiscard]] std::string_view to_string(LimitType);
[[nodiscard]] std::string_view to_string(Period);
[[nodiscard]] std::string_view to_string(Status);

/// The value of a word, if it is one: `from_word<Period>("DAY")`.
template <class Enum>
[[nodiscard]] std::optional<Enum> from_word(std::string_view word) {
  for (std::size_t i = 0; i < words<Enum>().size(); ++i) {
    if (words<Enum>()[i] == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

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

/// value - progress, exact; negative if more was used than there is. Nothing if that has more digits than a decimal.
[[nodiscard]] std::optional<std::string> remaining(const UserLimit&);

/// One JSON object with the event's own field names, `limitId` and `remaining`, absent optionals left out: the stable
/// form of a limit. Callers may add members.
[[nodiscard]] JsonObject as_json(const UserLimit&);
[[nodiscard]] std::string to_json(const UserLimit&);

}  // namespace limits
