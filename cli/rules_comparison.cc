#include "cli/rules_comparison.h"

#include <set>

#include "kcl/record.h"

namespace cli {
namespace {

constexpr std::size_t kMostAtOnce = 1000;
constexpr std::size_t kMostBytes = std::size_t{16} * 1024 * 1024;

using Decided = limits::Checked<std::optional<limits::Change>>;

std::string way_of(const Decided& outcome) {
  if (!outcome) return "dead letter: " + std::string(to_string(outcome.error().reason));
  return *outcome ? std::string((*outcome)->handler) : "ignore";
}

/// Whether two changes by the same handler do the same: its fields make the groups that are written.
bool are_same(const limits::Change& a, const limits::Change& b) {
  return a.key == b.key && a.stamp == b.stamp && a.created_at == b.created_at && a.type == b.type &&
         a.fields == b.fields;
}

std::string text_of(const Rehearsal::Standing& standing) {
  return Rehearsal::describe(standing) + Rehearsal::to_json(standing);
}

}  // namespace

RulesComparison::RulesComparison(store::Reader& actual, const limits::Rules& before, const limits::Rules& after)
    : before_{.rules = before, .rehearsal = Rehearsal(actual)},
      after_{.rules = after, .rehearsal = Rehearsal(actual)} {}

Outcome<void> RulesComparison::add(std::string_view bytes, bool is_base64) {
  Record& record = waiting_.emplace_back(Record{.padded = {}, .size = bytes.size(), .is_base64 = is_base64});
  record.padded.reserve(bytes.size() + kcl::Record::kPadding);
  record.padded.append(bytes).append(kcl::Record::kPadding, ' ');
  waiting_bytes_ += record.padded.size();
  if (waiting_.size() < kMostAtOnce && waiting_bytes_ < kMostBytes) return {};
  return play_waiting();
}

Outcome<void> RulesComparison::play_waiting() {
  decide(waiting_, before_);
  decide(waiting_, after_);
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Decided& before = before_.retries[i].outcome;
    const Decided& after = after_.retries[i].outcome;
    Ways ways{way_of(before), way_of(after)};
    if (ways.first == ways.second) {
      if (!before || !*before || are_same(**before, **after)) continue;
      ways.second += ", of another form";
    }
    ++other_ways_[std::move(ways)];
  }
  for (Side* side : {&before_, &after_}) {
    if (auto played = play(*side); !played) return played;
  }
  waiting_.clear();
  waiting_bytes_ = 0;
  return {};
}

void RulesComparison::decide(const std::vector<Record>& records, Side& side) {
  for (const Record& each : records) {
    const kcl::Record record{.data = std::string_view(each.padded).substr(0, each.size),
                             .is_base64 = each.is_base64,
                             .partition_key = "",
                             .position = {"0", 0},
                             .arrival_ms = 0};
    side.retries.push_back({.id = 0, .outcome = processor::decide(record, side.rules, side.reader, side.arena)});
  }
}

Outcome<void> RulesComparison::play(Side& side) {
  const auto report = side.rehearsal.play({.shard = {.stream = "diff", .shard = "diff"},
                                           .rules_version = side.rules.version(),
                                           .now = wall_clock(),
                                           .retries = side.retries});
  side.retries.clear();
  side.arena.clear();
  if (!report) return std::unexpected(report.error());
  return {};
}

Outcome<std::map<RulesComparison::Ways, std::int64_t>> RulesComparison::other_ways() {
  if (auto played = play_waiting(); !played) return std::unexpected(played.error());
  return other_ways_;
}

Outcome<RulesComparison::OtherLimits> RulesComparison::other_limits(std::size_t most) {
  if (auto played = play_waiting(); !played) return std::unexpected(played.error());
  const auto before = before_.rehearsal.after();
  if (!before) return std::unexpected(before.error());
  const auto after = after_.rehearsal.after();
  if (!after) return std::unexpected(after.error());
  std::set<Rehearsal::Key> keys;
  for (const auto* standings : {&*before, &*after}) {
    for (const auto& [key, standing] : *standings) keys.insert(key);
  }
  // A limit that only one side has touched stands on the other as it stands in the store.
  const auto standing = [](const auto& touched, const auto& in_store, const Rehearsal::Key& key) -> const auto& {
    const auto found = touched.find(key);
    return found != touched.end() ? found->second : in_store.at(key);
  };
  OtherLimits others;
  for (const Rehearsal::Key& key : keys) {
    const Rehearsal::Standing& by_old = standing(*before, after_.rehearsal.before(), key);
    const Rehearsal::Standing& by_new = standing(*after, before_.rehearsal.before(), key);
    if (text_of(by_old) == text_of(by_new)) continue;
    ++others.count;
    if (others.first.size() < most) others.first.push_back({.key = key, .before = by_old, .after = by_new});
  }
  return others;
}

}  // namespace cli
