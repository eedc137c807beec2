// A store with many limits, made through the store itself: limit i is of user i/4 and has the id that
// bench/sessions.py gives it.
//
//     fill URL LIMITS
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "store/open.h"

namespace {

constexpr std::int64_t kStart = 1'760'000'000'000;  // ms since 1970
constexpr std::int64_t kLimitsPerUser = 4;
constexpr std::int64_t kBatch = 1'000;

/// 24 hex digits that look drawn by lot, and are another for every number: a multiplication by an odd constant in 96
/// bits.
std::string id(std::int64_t number) {
  __extension__ using Wide = unsigned __int128;
  constexpr Wide kOdd = (Wide{0x9E3779B9} << 64) | 0x7F4A7C15F39CC061;
  Wide mixed = (static_cast<Wide>(number) + 1) * kOdd;
  std::string digits(24, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, mixed >>= 4) {
    *digit = "0123456789abcdef"[static_cast<unsigned>(mixed & 0xf)];
  }
  return digits;
}

struct Names {
  std::string user, limit, event;
};

limits::Change created(const Names& names, std::int64_t sequence) {
  const auto decimal = [](std::string_view text) { return limits::Decimal::parse(text).value(); };
  limits::Change change;
  change.key = {.aggregate_id = names.user, .user_limit_id = names.limit};
  change.stamp = {.sequence = {sequence}, .event_id = names.event};
  change.created_at = {kStart};
  change.type = "USER_LIMIT_CREATED";
  change.handler = "create_limit";
  change.definition = limits::Definition{.user_id = names.user,
                                         .brand_id = "00000000000000000000b001",
                                         .currency_code = "EUR",
                                         .type = limits::LimitType::kDeposit,
                                         .period = limits::Period::kDay,
                                         .status = limits::Status::kActive,
                                         .value = decimal("1000.00"),
                                         .previous_limit_value = {},
                                         .active_from = {kStart},
                                         .active_until = {},
                                         .created_at = {}};
  change.progress = limits::Progress{.progress = decimal("0"), .next_reset_time = limits::TimeMs{kStart + 86'400'000}};
  change.fields = "{}";
  change.origin = {.sequence = "1", .sub_sequence = 0, .arrival = {kStart}};
  return change;
}

int fill(const char* url, std::int64_t limits) {
  auto store = store::open(url);
  std::vector<Names> names(kBatch);
  std::vector<limits::Change> changes;
  for (std::int64_t first = 0; store && first < limits; first += kBatch) {
    changes.clear();
    for (std::int64_t number = first; number < std::min(first + kBatch, limits); ++number) {
      Names& made = names[static_cast<std::size_t>(number - first)];
      made = {.user = id(number / kLimitsPerUser), .limit = id(number), .event = id(number) + "-1"};
      changes.push_back(created(made, number % kLimitsPerUser + 1));
    }
    const auto applied =
        (*store)->apply({.changes = changes, .shard = {.key = {.stream = "bench", .shard = "fill"}, .now = {kStart}}},
                        store::Durability::kCommitted);
    if (!applied) store = std::unexpected(applied.error());
  }
  if (store) return 0;
  std::cerr << "fill: " << store.error().what << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) return fill(argv[1], std::atoll(argv[2]));
  std::cerr << "usage: fill URL LIMITS\n";
  return 2;
}
