#include "tests/contract/store_contract.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

namespace tests {
namespace {

template <class T>
T must(store::Result<T> result) {
  if (!result) throw std::runtime_error("the store failed: " + result.error().what);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// A visitor that collects.
template <class Row>
store::Visitor<Row> into(std::vector<Row>& rows) {
  return [&rows](const Row& row) {
    rows.push_back(row);
    return true;
  };
}

}  // namespace

std::vector<limits::UserLimit> limits_in(store::Reader& reader, const store::LimitFilter& filter) {
  std::vector<limits::UserLimit> rows;
  must(reader.each_limit(filter, into(rows)));
  return rows;
}

std::vector<store::ParkedLimit> parked_in(store::Reader& reader) {
  std::vector<store::ParkedLimit> rows;
  must(reader.each_parked(into(rows)));
  return rows;
}

std::vector<store::KeptLimit> kept_limits_in(store::Reader& reader) {
  std::vector<store::KeptLimit> rows;
  must(reader.each_kept_limit({}, into(rows)));
  return rows;
}

std::vector<std::int64_t> change_ids_in(store::Reader& reader) {
  std::vector<std::int64_t> ids;
  for (const store::KeptLimit& limit : kept_limits_in(reader)) {
    for (const store::HistoryRow& row : limit.history) ids.push_back(row.change_id);
  }
  std::ranges::sort(ids);
  return ids;
}

std::vector<store::DeadLetterRow> dead_letters_in(store::Reader& reader) {
  std::vector<store::DeadLetterRow> rows;
  must(reader.each_dead_letter(into(rows)));
  return rows;
}

std::vector<std::string> digest_lines_in(store::Reader& reader) {
  std::vector<std::string> lines;
  must(reader.each_digest_line(into(lines)));
  return lines;
}

std::vector<std::string> digest_lines_in(store::Reader& reader, std::string_view section) {
  const std::string start = fmt::format("[\"{}\",", section);
  std::vector<std::string> lines = digest_lines_in(reader);
  std::erase_if(lines, [&](const std::string& line) { return !line.starts_with(start); });
  return lines;
}

namespace {

std::string to_text(const store::HistoryRow& row) {
  return fmt::format("history {} {} {} {} from {}/{} {}.{} at {} by {}", row.aggregate_id, row.user_limit_id,
                     row.sequence, row.event_id, row.stream, row.shard, row.kinesis_sequence, row.sub_sequence,
                     row.arrival_ms, row.rules_version);
}

std::string to_text(const store::ParkedLimit& row) {
  return fmt::format("parked {} {}: {} events since {}, newest {} {}", row.aggregate_id, row.user_limit_id, row.events,
                     row.since_ms, row.newest_sequence, row.newest_event_id);
}

std::string to_text(const store::KeptLimit& limit) {
  const auto show = [](const auto& stamp) {
    return stamp ? fmt::format("{} {}", stamp->sequence, stamp->event_id) : "-";
  };
  return fmt::format("kept {} {}: definition {}, progress {}, terms {} {} {} {}, floor {}", limit.state.aggregate_id,
                     limit.state.user_limit_id, show(limit.definition), show(limit.progress), show(limit.terms[0]),
                     show(limit.terms[1]), show(limit.terms[2]), show(limit.terms[3]), show(limit.floor));
}

std::string to_text(const store::DeadLetterRow& row) {
  return fmt::format("dead {} {} \"{}\" {} from {}/{} {}.{} at {} by {}, seen {}, tried {} at {}: {}",
                     to_string(row.state), limits::to_string(row.reason), row.what, row.raw, row.stream, row.shard,
                     row.kinesis_sequence, row.sub_sequence, row.arrival_ms, row.rules_version, row.seen, row.attempts,
                     row.handled_at.value_or(-1), row.retry_what.value_or("-"));
}

std::string to_text(const store::ShardRow& row) {
  return fmt::format("shard {}/{} of {} at {}.{} checkpoint {}.{} times {} {} lag {} by {}: {} {} {} {}", row.stream,
                     row.shard, row.owner, row.sequence, row.sub_sequence, row.checkpoint_sequence,
                     row.checkpoint_sub_sequence, row.updated_at, row.checkpoint_at, row.ended_at.value_or(0),
                     row.millis_behind_latest.value_or(-1), row.rules_version, testing::PrintToString(row.verdicts),
                     row.discrepancies_seen, row.sequence_conflicts, row.foreign_aggregates);
}

}  // namespace

std::vector<std::string> listings_in(store::Reader& reader) {
  std::vector<std::string> lines;
  std::set<std::string> ids;
  for (const limits::UserLimit& row : limits_in(reader)) {
    lines.push_back(limits::to_json(row));
    ids.insert(row.user_limit_id);
  }
  for (const store::ParkedLimit& row : parked_in(reader)) {
    lines.push_back(to_text(row));
    ids.insert(row.user_limit_id);
  }
  std::map<std::int64_t, std::string> arrived;
  for (const std::string& id : ids) {
    for (const store::HistoryRow& row : must(reader.history(id))) arrived.emplace(row.change_id, to_text(row));
  }
  for (const auto& [change_id, line] : arrived) lines.push_back(line);
  for (const store::KeptLimit& limit : kept_limits_in(reader)) {
    lines.push_back(to_text(limit));
  }
  for (const store::DeadLetterRow& row : dead_letters_in(reader)) lines.push_back(to_text(row));
  for (const store::ShardRow& row : must(reader.shards())) lines.push_back(to_text(row));
  return lines;
}

store::Report apply(store::Store& store, const Batch& batch, store::Durability durability) {
  return must(store.apply(batch.view(), durability));
}

std::int64_t prune(store::Store& store, std::int64_t before_change) {
  return must(store.prune(before_change, [](std::int64_t, std::int64_t) { return true; }));
}

store::Tally tally(std::initializer_list<std::pair<store::Verdict, std::int64_t>> counts) {
  store::Tally result;
  for (const auto& [verdict, count] : counts) result[verdict] = count;
  return result;
}

store::Verdict StoreContract::verdict_of(const limits::Change& change) {
  const store::Report report = apply({change});
  EXPECT_EQ(report.verdicts.total(), 1);
  std::size_t verdict = 0;
  while (verdict + 1 < store::kVerdictCount && report.verdicts[static_cast<store::Verdict>(verdict)] == 0) ++verdict;
  return static_cast<store::Verdict>(verdict);
}

limits::UserLimit StoreContract::limit(std::string_view id) {
  const std::vector<limits::UserLimit> found = must(reader_->get(id));
  EXPECT_EQ(found.size(), 1u) << "limits with the id " << id;
  return found.empty() ? limits::UserLimit{} : found.front();
}

std::vector<store::HistoryRow> StoreContract::history(std::string_view id) {
  return must(reader_->history(id));
}

std::vector<std::string> StoreContract::event_ids(std::string_view id) {
  std::vector<std::string> ids;
  for (const store::HistoryRow& row : history(id)) ids.push_back(row.event_id);
  return ids;
}

store::ShardRow StoreContract::shard() {
  const std::vector<store::ShardRow> rows = must(reader_->shards());
  EXPECT_EQ(rows.size(), 1u) << "shards";
  return rows.empty() ? store::ShardRow{} : rows.front();
}

INSTANTIATE_TEST_SUITE_P(Backends, StoreContract, testing::ValuesIn(backend_kinds().begin(), backend_kinds().end()),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace tests

namespace store {

void PrintTo(const Tally& tally, std::ostream* out) {
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    if (tally[verdict] != 0) *out << tally[verdict] << ' ' << to_string(verdict) << ' ';
  }
}

void PrintTo(const Report& report, std::ostream* out) {
  PrintTo(report.verdicts, out);
  *out << "discrepancies " << report.discrepancies_seen << ", conflicts " << report.sequence_conflicts << ", foreign "
       << report.foreign_aggregates;
}

void PrintTo(Verdict verdict, std::ostream* out) {
  *out << to_string(verdict);
}

}  // namespace store
