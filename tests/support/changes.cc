#include "tests/support/changes.h"

#include <mutex>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tests {
namespace {

limits::Change change(std::int64_t sequence, const limits::LimitKey& key, std::string_view type,
                      std::string_view handler) {
  const limits::TimeMs time{kStart + 1000 * sequence};
  return {.key = key,
          .stamp = {.sequence = {sequence}, .event_id = keep(fmt::format("evt-{}", sequence))},
          .created_at = time,
          .type = type,
          .handler = handler,
          .definition = std::nullopt,
          .progress = std::nullopt,
          .claimed_previous_progress = std::nullopt,
          .fields = "{}",
          .origin = {.sequence = keep(fmt::format("4965{:052}", sequence)), .sub_sequence = 0, .arrival = time}};
}

limits::TimeMs next_reset(std::int64_t sequence) {
  return {kStart + 86'400'000 + sequence};
}

}  // namespace

std::string_view keep(std::string text) {
  static std::mutex mutex;
  static std::set<std::string, std::less<>> kept;
  const std::lock_guard lock(mutex);
  return *kept.insert(std::move(text)).first;
}

limits::Decimal decimal(std::string_view text) {
  return limits::Decimal::parse(text).value();
}

limits::Definition definition(std::string_view user_id) {
  return {.user_id = user_id,
          .brand_id = "brand-1",
          .currency_code = "EUR",
          .type = limits::LimitType::kDeposit,
          .period = limits::Period::kDay,
          .status = limits::Status::kActive,
          .value = decimal("500"),
          .previous_limit_value = std::nullopt,
          .active_from = {kStart},
          .active_until = std::nullopt,
          .created_at = std::nullopt};
}

limits::Change created(std::int64_t sequence, const limits::LimitKey& key) {
  limits::Change result = change(sequence, key, "USER_LIMIT_CREATED", "create_limit");
  result.definition = definition(key.aggregate_id);
  result.progress = limits::Progress{.progress = decimal("0"), .next_reset_time = next_reset(sequence)};
  result.fields = keep(fmt::format(R"({{"activeFrom":{},"value":"500"}})", kStart));
  return result;
}

limits::Change progressed(std::int64_t sequence, std::string_view previous, std::string_view amount,
                          const limits::LimitKey& key) {
  limits::Change result = change(sequence, key, "USER_LIMIT_PROGRESS_CHANGED", "change_progress");
  result.claimed_previous_progress = decimal(previous);
  result.progress = limits::Progress{.progress = limits::Decimal::add(decimal(previous), decimal(amount)).value(),
                                     .next_reset_time = next_reset(sequence)};
  result.fields = keep(fmt::format(R"({{"amount":"{}","previousProgress":"{}"}})", amount, previous));
  return result;
}

limits::Change reset(std::int64_t sequence, const limits::LimitKey& key) {
  limits::Change result = change(sequence, key, "USER_LIMIT_RESET", "reset_progress");
  result.progress = limits::Progress{.progress = decimal("0"), .next_reset_time = next_reset(sequence)};
  result.fields = keep(fmt::format(R"({{"nextResetTime":{}}})", next_reset(sequence).value));
  return result;
}

limits::Change changed(std::int64_t sequence, const limits::Terms& terms, const limits::LimitKey& key) {
  limits::Change result = change(sequence, key, "USER_LIMIT_CHANGED", "change_limit");
  result.terms = terms;
  std::vector<std::string> members;
  if (const auto& time = terms.active_until) {
    members.push_back(fmt::format(R"("activeUntil":{})", *time ? fmt::to_string((*time)->value) : "null"));
  }
  if (const auto& value = terms.previous_limit_value) {
    members.push_back(*value ? fmt::format(R"("previousLimitValue":"{}")", (*value)->to_string())
                             : R"("previousLimitValue":null)");
  }
  if (terms.status) members.push_back(fmt::format(R"("status":"{}")", to_string(*terms.status)));
  if (terms.value) members.push_back(fmt::format(R"("value":"{}")", terms.value->to_string()));
  result.fields = keep(fmt::format("{{{}}}", fmt::join(members, ",")));
  return result;
}

limits::Change under_id(limits::Change change, std::string event_id) {
  change.stamp.event_id = keep(std::move(event_id));
  return change;
}

store::DeadLetter dead_letter(std::string raw, limits::Reason reason) {
  return {.raw = keep(std::move(raw)),
          .fault = {.reason = reason, .what = "payload.amount: expected decimal text, found the number 12"},
          .origin = {.sequence = "49650000000000000000000000000000000000000000000000000007",
                     .sub_sequence = 2,
                     .arrival = {kStart + 7000}}};
}

}  // namespace tests
