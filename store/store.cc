#include "store/store.h"

#include <algorithm>
#include <numeric>
#include <ranges>
#include <tuple>

#include <fmt/format.h>

#include "store/retention.h"

namespace store {
namespace {

constexpr std::array<std::string_view, kVerdictCount> kVerdictNames = {"applied", "duplicate", "stale",  "parked",
                                                                       "ignored", "dead",      "expired"};

constexpr std::array<std::string_view, 3> kLetterStates = {"open", "replayed", "discarded"};

/// The rule that the change breaks, or nothing.
std::string_view broken_rule(const limits::Change& change) {
  if (change.key.aggregate_id.empty() || change.key.user_limit_id.empty()) return "it names no limit";
  if (change.stamp.event_id.empty()) return "its event has no id";
  if (change.definition && !change.progress) return "it defines a limit without a progress";
  if (change.definition && change.terms) return "it defines a limit and changes it at once";
  if (!change.progress && !(change.terms && change.terms->written().any())) return "it writes no group";
  return {};
}

std::unexpected<Error> refused(const ShardKey& shard, std::string_view why) {
  return std::unexpected(Error{Errc::kFatal, fmt::format("store: the batch of stream \"{}\", shard \"{}\" was refused "
                                                         "and nothing of it applied: {}. Its maker is at fault.",
                                                         shard.stream, shard.shard, why)});
}

Result<void> check(const ShardKey& shard) {
  if (shard.stream.empty() || shard.shard.empty()) return refused(shard, "it must name its stream and shard");
  return {};
}

Result<void> check(const ShardKey& shard, std::size_t place, const limits::Change& change) {
  const std::string_view rule = broken_rule(change);
  if (rule.empty()) return {};
  return refused(shard, fmt::format("change {} (limit \"{}\" of \"{}\", event \"{}\"): {}", place,
                                    change.key.user_limit_id, change.key.aggregate_id, change.stamp.event_id, rule));
}

Result<void> check(const Batch& batch, Durability durability) {
  const ShardKey& shard = batch.shard.key;
  if (auto named = check(shard); !named) return named;
  if (batch.shard.checkpoint_follows && durability != Durability::kDurable) {
    return refused(shard, "what a checkpoint follows must be durable");
  }
  for (std::size_t i = 0; i < batch.changes.size(); ++i) {
    if (auto sound = check(shard, i, batch.changes[i]); !sound) return sound;
  }
  return {};
}

Result<void> check(const Replay& replay) {
  if (auto named = check(replay.shard); !named) return named;
  for (std::size_t i = 0; i < replay.retries.size(); ++i) {
    const auto& outcome = replay.retries[i].outcome;
    if (!outcome || !*outcome) continue;
    if (auto sound = check(replay.shard, i, **outcome); !sound) return sound;
  }
  return {};
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  return kVerdictNames[static_cast<std::size_t>(verdict)];
}

Tally& Tally::operator+=(const Tally& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

std::size_t BatchTimes::class_of(std::chrono::microseconds time) {
  return static_cast<std::size_t>(std::ranges::lower_bound(kBounds, time) - kBounds.begin());
}

std::int64_t Tally::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

limits::Sha256Digest key_of(limits::Reason reason, std::string_view raw) {
  limits::Sha256 hash;
  hash.add(limits::to_string(reason));
  hash.add({"\0", 1});  // else a reason and the bytes after it could be read as another pair
  hash.add(raw);
  return hash.finish();
}

Result<Report> Store::apply(const Batch& batch, Durability durability) {
  if (auto sound = check(batch, durability); !sound) return std::unexpected(std::move(sound.error()));
  return do_apply(batch, durability);
}

Result<ReplayReport> Store::replay(const Replay& replay) {
  if (auto sound = check(replay); !sound) return std::unexpected(std::move(sound.error()));
  return do_replay(replay);
}

Result<std::int64_t> Store::discard(std::span<const std::int64_t> ids, limits::TimeMs now) {
  return do_discard(ids, now);
}

Result<std::int64_t> Store::prune(std::int64_t before_change, const Progress& progress) {
  return do_prune(before_change, progress);
}

bool LimitFilter::matches(const limits::UserLimit& limit) const {
  return (!user_id || *user_id == limit.user_id) && (!brand_id || *brand_id == limit.brand_id) &&
         (!type || *type == limit.type) && (!period || *period == limit.period) && (!status || *status == limit.status);
}

bool KeptLimit::may_lack_events_before(const HistoryRow& row) const {
  return floor && std::tie(row.sequence, row.event_id) <= std::tie(floor->sequence, floor->event_id);
}

std::int64_t prunable(const KeptLimit& limit, std::int64_t before_change) {
  Retention retention(before_change);
  return std::ranges::count_if(limit.history | std::views::reverse, [&](const HistoryRow& row) {
    return retention.takes(row.change_id, row.handler, row.fields);
  });
}

std::span<const std::string_view> letter_states() {
  return kLetterStates;
}

std::string_view to_string(LetterState state) {
  return kLetterStates[static_cast<std::size_t>(state)];
}

Result<std::string> Reader::digest() {
  limits::Sha256 hash;
  auto walked = each_digest_line([&](const std::string& line) {
    hash.add(line);
    hash.add("\n");
    return true;
  });
  if (!walked) return std::unexpected(std::move(walked.error()));
  return limits::to_hex(hash.finish());
}

}  // namespace store
