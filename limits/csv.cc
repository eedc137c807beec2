#include "limits/csv.h"

#include <array>

namespace limits {

const std::string_view kCsvHeader =
    "limitId,aggregateId,userId,brandId,currencyCode,type,period,status,value,progress,remaining,previousLimitValue,"
    "activeFrom,activeUntil,nextResetTime,createdAt";

std::string csv_line(std::span<const std::string> cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != cells.data()) line += ',';
    if (cell.find_first_of(",\"\r\n") == cell.npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line;
}

std::string to_csv(const UserLimit& limit) {
  const auto time = [](const std::optional<std::int64_t>& ms) { return ms ? std::to_string(*ms) : std::string(); };
  return csv_line(std::array<std::string, 16>{
      limit.user_limit_id, limit.aggregate_id, limit.user_id, limit.brand_id, limit.currency_code,
      std::string(to_string(limit.type)), std::string(to_string(limit.period)), std::string(to_string(limit.status)),
      limit.value, limit.progress, remaining(limit).value_or(""), limit.previous_limit_value.value_or(""),
      std::to_string(limit.active_from), time(limit.active_until), time(limit.next_reset_time),
      time(limit.created_at)});
}

}  // namespace limits
