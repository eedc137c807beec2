#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limits/change.h"
#include "store/store.h"

/// Changes and batches for tests of stores and of what stands on them. All text lives as long as the program, so they
/// can be copied, shuffled and kept.
namespace tests {

/// The same text, for ever.
[[nodiscard]] std::string_view keep(std::string text);
[[nodiscard]] limits::Decimal decimal(std::string_view text);

inline constexpr limits::LimitKey kLimit{.aggregate_id = "user-1", .user_limit_id = "limit-1"};
inline constexpr limits::LimitKey kOther{.aggregate_id = "user-1", .user_limit_id = "limit-2"};  ///< the same user's
inline constexpr std::int64_t kStart = 1'712'000'000'000;  ///< createdAt and arrival of the event with sequence 0

/// The events, made from a sequence number: the event id is "evt-<sequence>", createdAt and arrival are a second
/// per sequence number after kStart. Set members afterwards for anything else, and call `describe` if they are content.
[[nodiscard]] limits::Change created(std::int64_t sequence, const limits::LimitKey& = kLimit);
[[nodiscard]] limits::Change progressed(std::int64_t sequence, std::string_view previous, std::string_view amount,
                                        const limits::LimitKey& = kLimit);
[[nodiscard]] limits::Change reset(std::int64_t sequence, const limits::LimitKey& = kLimit);
[[nodiscard]] limits::Change changed(std::int64_t sequence, const limits::Terms&, const limits::LimitKey& = kLimit);

/// The same change by an event of another name.
[[nodiscard]] limits::Change under_id(limits::Change, std::string event_id);

/// The definition that `created` writes.
[[nodiscard]] limits::Definition definition(std::string_view user_id = kLimit.aggregate_id);

[[nodiscard]] store::DeadLetter dead_letter(std::string raw, limits::Reason = limits::Reason::kBadJson);

/// A batch that owns its parts.
struct Batch {
  std::vector<limits::Change> changes;
  std::vector<store::DeadLetter> dead_letters;
  std::int64_t ignored = 0;
  store::ShardProgress shard{.key = {.stream = "user-events", .shard = "shardId-000000000000"},
                             .sequence = "49650000000000000000000000000000000000000000000000000001",
                             .millis_behind_latest = std::nullopt,
                             .now = {kStart},
                             .owner = "host:1",
                             .rules_version = "rules-1"};

  Batch() = default;
  Batch(std::vector<limits::Change> changes_) : changes(std::move(changes_)) {}
  Batch(std::initializer_list<limits::Change> changes_) : changes(changes_) {}

  [[nodiscard]] store::Batch view() const {
    return {.changes = changes, .dead_letters = dead_letters, .ignored = ignored, .shard = shard};
  }
};

}  // namespace tests
