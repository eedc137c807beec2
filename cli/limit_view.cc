#include "cli/limit_view.h"

#include "cli/table.h"
#include "cli/text.h"

namespace cli {

void print_limit(Output& output, const limits::UserLimit& limit, std::optional<limits::TimeMs> at) {
  const auto amount = [&limit](const std::string& decimal) { return money(decimal, limit.currency_code); };
  std::vector<std::pair<std::string_view, std::string>> lines{
      {"Limit", limit.user_limit_id},
      {"User", limit.user_id},
      {"Brand", limit.brand_id},
      {"Type", std::string(to_string(limit.type))},
      {"Period", std::string(to_string(limit.period))},
      {"Status", std::string(to_string(limit.status))},
      {"Value", amount(limit.value)},
      {"Progress", amount(limit.progress)},
  };
  if (at) lines.insert(lines.begin() + 1, {"As of", utc(at->value)});
  if (limit.previous_limit_value) lines.emplace_back("Value before", amount(*limit.previous_limit_value));
  lines.emplace_back("Resets", utc(limit.next_reset_time));
  lines.emplace_back("Active from", utc(limit.active_from));
  if (limit.active_until) lines.emplace_back("Active until", utc(*limit.active_until));
  if (limit.created_at) lines.emplace_back("Created", utc(*limit.created_at));
  if (limit.aggregate_id != limit.user_id) lines.emplace_back("Aggregate", limit.aggregate_id);
  Table::card(output, lines);
}

}  // namespace cli
