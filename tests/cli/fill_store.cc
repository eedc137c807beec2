// fill_store URL [N]: fills the store with a small state that has some of everything, for the tests of the command
// line, and with N more limits of one user. Its events' fields are what the handlers would have kept.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "limits/json_text.h"
#include "store/open.h"

namespace {

constexpr std::int64_t kStart = 1'712'000'000'000;  // 2024-04-01 19:33:20 UTC

limits::Decimal decimal(std::string_view text) {
  return limits::Decimal::parse(text).value();
}

/// Lives as long as the program.
std::string_view keep(std::string text) {
  static std::deque<std::string> kept;
  return kept.emplace_back(std::move(text));
}

std::string in_quotes(std::string_view text) {
  std::string json;
  limits::append_json_string(json, text);
  return json;
}

limits::Change change(limits::LimitKey key, std::int64_t sequence, std::string_view event_id, std::string_view type,
                      std::string_view handler, std::string_view progress) {
  limits::Change made;
  made.key = key;
  made.stamp = {.sequence = {sequence}, .event_id = event_id};
  made.created_at = {kStart + sequence * 1000};
  made.type = type;
  made.handler = handler;
  made.progress =
      limits::Progress{.progress = decimal(progress), .next_reset_time = limits::TimeMs{kStart + 86'400'000}};
  const std::string sum = handler == "change_progress" ? "\"amount\":" + in_quotes(progress) + ',' : "";
  const std::string before = handler == "change_progress" ? "\"previousProgress\":\"0\"," : "";
  made.fields = keep('{' + sum + "\"nextResetTime\":" + std::to_string(kStart + 86'400'000) + ',' + before +
                     "\"userLimitId\":" + in_quotes(key.user_limit_id) + '}');
  made.origin = {
      .sequence = "496500000000000000000000000000000000000001", .sub_sequence = 0, .arrival = {kStart + 60'000}};
  return made;
}

limits::Change created(limits::LimitKey key, std::int64_t sequence, std::string_view event_id, std::string_view user,
                       std::string_view value, limits::LimitType type) {
  limits::Change made = change(key, sequence, event_id, "USER_LIMIT_CREATED", "create_limit", "0");
  made.definition = limits::Definition{.user_id = user,
                                       .brand_id = "brand-1",
                                       .currency_code = "EUR",
                                       .type = type,
                                       .period = limits::Period::kDay,
                                       .status = limits::Status::kActive,
                                       .value = decimal(value),
                                       .previous_limit_value = {},
                                       .active_from = {kStart},
                                       .active_until = {},
                                       .created_at = {}};
  made.fields = keep("{\"activeFrom\":" + std::to_string(kStart) +
                     R"(,"brandId":"brand-1","currencyCode":"EUR","nextResetTime":)" +
                     std::to_string(kStart + 86'400'000) + R"(,"period":"DAY","status":"ACTIVE","type":")" +
                     std::string(to_string(type)) + R"(","userId":)" + in_quotes(user) +
                     ",\"userLimitId\":" + in_quotes(key.user_limit_id) + ",\"value\":" + in_quotes(value) + '}');
  return made;
}

store::Batch batch(std::string_view shard, std::span<const limits::Change> changes,
                   const std::vector<store::DeadLetter>& dead_letters) {
  return {.changes = changes,
          .dead_letters = dead_letters,
          .ignored = 2,
          .shard = {.key = {.stream = "user-events", .shard = shard},
                    .sequence = "496500000000000000000000000000000000000002",
                    .sub_sequence = 0,
                    .millis_behind_latest = 1500,
                    .now = {kStart + 61'000},
                    .owner = "host-1:4711",
                    .rules_version = "0123456789abcdef",
                    .checkpoint_follows = true}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int more = argc > 2 ? std::stoi(argv[2]) : 0;
  auto opened = store::open(argv[1]);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().what.c_str());
    return 1;
  }
  const std::string escapes =
      "user-\x1b[31m\xc2\x9b\xe2\x80\xae"
      "red";
  const limits::LimitKey day{.aggregate_id = "user-1", .user_limit_id = "limit-day"};
  const std::vector<limits::Change> changes{
      created(day, 1, "evt-1", "user-1", "10000", limits::LimitType::kDeposit),
      change(day, 3, "evt-3", "USER_LIMIT_PROGRESS_CHANGED", "change_progress", "1234.50"),
      change(day, 2, "evt-2", "USER_LIMIT_RESET", "reset_progress", "0"),
      created({.aggregate_id = escapes, .user_limit_id = "limit-esc"}, 1, "evt-4", escapes, "5.00",
              limits::LimitType::kLoss),
      change({.aggregate_id = "user-2", .user_limit_id = "limit-orphan"}, 7, "evt-7", "USER_LIMIT_RESET",
             "reset_progress", "0"),
  };
  const std::vector<limits::Change> foreign{
      created({.aggregate_id = "user-3", .user_limit_id = "limit-two"}, 1, "evt-5", "user-3", "1",
              limits::LimitType::kBet),
      created({.aggregate_id = "user-4", .user_limit_id = "limit-two"}, 1, "evt-6", "user-4", "2",
              limits::LimitType::kBet),
  };
  std::vector<std::string> ids;
  for (int i = 0; i < more; ++i) ids.push_back("limit-" + std::to_string(i));
  std::vector<limits::Change> many;
  for (const std::string& id : ids) {
    many.push_back(
        created({.aggregate_id = "user-9", .user_limit_id = id}, 1, id, "user-9", "1", limits::LimitType::kBet));
  }
  const limits::Origin origin{.sequence = "1", .sub_sequence = 0, .arrival = {kStart}};
  const std::vector<store::DeadLetter> no_letters;
  const std::vector<store::DeadLetter> dead_letters{
      {.raw = "not \x1b[2J json \xff",
       .fault = {limits::Reason::kBadJson, "line \x1b[2J is not JSON"},
       .origin = origin},
      {.raw = R"({"type":"UNKNOWN"})",
       .fault = {limits::Reason::kUnrouted, "type: no rule for \"UNKNOWN\""},
       .origin = origin},
  };
  std::vector<store::Batch> batches{batch("shardId-000000000000", changes, dead_letters),
                                    batch("shardId-000000000001", foreign, no_letters)};
  for (std::span<const limits::Change> rest = many; !rest.empty();) {
    constexpr std::size_t kOfABatch = 1000;
    const auto some = rest.first(std::min(kOfABatch, rest.size()));
    batches.push_back(batch("shardId-000000000001", some, no_letters));
    rest = rest.subspan(some.size());
  }
  for (const auto& each : batches) {
    if (const auto applied = (*opened)->apply(each, store::Durability::kDurable); !applied) {
      std::fprintf(stderr, "%s\n", applied.error().what.c_str());
      return 1;
    }
  }
  return 0;
}
