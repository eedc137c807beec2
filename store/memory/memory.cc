#include "store/memory/memory.h"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <utility>

#include "store/digest.h"
#include "store/memory/database.h"

namespace store::memory {
namespace {

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  [[nodiscard]] bool keeps_history() const override { return database_->keeps_history(); }

 private:
  Result<Report> do_apply(const Batch& batch, Durability) override { return database_->apply(batch); }
  Result<ReplayReport> do_replay(const Replay& replay) override { return database_->replay(replay); }
  Result<std::int64_t> do_discard(std::span<const std::int64_t> ids, limits::TimeMs now) override {
    return database_->discard(ids, now);
  }
  Result<std::int64_t> do_prune(std::int64_t before_change, const Progress& progress) override {
    const std::int64_t taken = database_->prune(before_change);
    static_cast<void>(progress(1, 1));
    return taken;
  }

  std::shared_ptr<Database> database_;
};

class MemoryReader final : public Reader {
 public:
  explicit MemoryReader(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<std::vector<limits::UserLimit>> get(std::string_view user_limit_id) override;
  Result<void> each_limit(const LimitFilter&, const Visitor<limits::UserLimit>&) override;
  Result<std::vector<HistoryRow>> history(std::string_view user_limit_id) override;
  Result<std::int64_t> first_change_since(limits::TimeMs arrival) override;
  Result<LimitPage> limits_after(const std::optional<LimitPlace>& after, const LimitFilter&, std::size_t most) override;
  Result<HistoryPage> history_back(const limits::LimitKey&, std::optional<std::int64_t> from,
                                   std::size_t most) override;
  Result<std::vector<HistoryRow>> changes_after(std::int64_t change_id, std::size_t most) override;
  Result<std::int64_t> last_change() override { return database_->snapshot().last_change_id; }
  Result<std::vector<ParkedLimit>> parked_after(const limits::LimitKey&, std::size_t most) override;
  Result<std::vector<DeadLetterRow>> dead_letters_after(std::int64_t id, std::size_t most) override;
  Result<void> each_parked(const Visitor<ParkedLimit>&) override;
  Result<void> each_dead_letter(const Visitor<DeadLetterRow>&) override;
  Result<std::optional<DeadLetterRow>> dead_letter(std::int64_t id) override;
  Result<void> each_kept_limit(const KeptFilter&, const Visitor<KeptLimit>&) override;
  Result<std::vector<ShardRow>> shards() override;
  Result<Waiting> waiting() override;
  std::string engine() override { return "memory"; }
  Result<Space> space() override { return {}; }
  Result<std::vector<std::string>> damage(Scrutiny) override { return {}; }
  Result<std::int64_t> backup(const std::string& path, const Progress& progress) override;
  Result<void> each_digest_line(const Visitor<std::string>&) override;

 private:
  std::shared_ptr<Database> database_;
};

template <class Row>
Result<void> walk(const std::vector<Row>& rows, const Visitor<Row>& visit) {
  for (const Row& row : rows) {
    if (!visit(row)) break;
  }
  return {};
}

/// The limits of that id, by aggregate.
std::vector<const Limit*> limits_of(const State& state, std::string_view user_limit_id) {
  std::vector<const Limit*> found;
  const std::string id(user_limit_id);
  const auto aggregates = state.aggregates.find(id);
  if (aggregates == state.aggregates.end()) return found;
  for (const std::string& aggregate : aggregates->second) {
    found.push_back(&state.limits.at({.aggregate_id = aggregate, .user_limit_id = id}));
  }
  return found;
}

std::vector<ParkedLimit> parked_limits(const State& state) {
  std::vector<ParkedLimit> rows;
  for (const auto& [key, limit] : state.limits) {
    if (limit.definition) continue;
    const Stamp newest = limit.newest();
    rows.push_back({
        .aggregate_id = key.aggregate_id,
        .user_limit_id = key.user_limit_id,
        .progress = limit.progress ? std::optional(limit.state.progress) : std::nullopt,
        .next_reset_time = limit.state.next_reset_time,
        .newest_sequence = newest.sequence,
        .newest_event_id = newest.event_id,
        .events = std::ssize(limit.history),
        .since_ms = limit.since_ms,
    });
  }
  return rows;
}

/// By id.
std::vector<DeadLetterRow> dead_letters(const State& state) {
  std::vector<DeadLetterRow> rows;
  for (const auto& [key, row] : state.dead_letters) rows.push_back(row);
  std::ranges::sort(rows, {}, &DeadLetterRow::id);
  return rows;
}

std::optional<Arrival> newest_of(const Limit& limit) {
  if (limit.history.empty()) return std::nullopt;
  const HistoryRow& row = limit.history.rbegin()->second;
  return Arrival{.change_id = row.change_id, .stream = row.stream, .shard = row.shard, .arrival_ms = row.arrival_ms};
}

Result<std::vector<limits::UserLimit>> MemoryReader::get(std::string_view user_limit_id) {
  const State state = database_->snapshot();
  std::vector<limits::UserLimit> rows;
  for (const Limit* limit : limits_of(state, user_limit_id)) {
    if (limit->definition) rows.push_back(limit->state);
  }
  return rows;
}

auto place_of(const limits::UserLimit& row) {
  return std::tie(row.user_id, row.user_limit_id, row.aggregate_id);
}

/// All that are defined, by user, limit and aggregate.
std::vector<limits::UserLimit> defined_limits(const State& state) {
  std::vector<limits::UserLimit> rows;
  for (const auto& [key, limit] : state.limits) {
    if (limit.definition) rows.push_back(limit.state);
  }
  std::ranges::sort(rows, {}, place_of);
  return rows;
}

template <class Row>
std::vector<Row> first_of(std::vector<Row> rows, std::size_t most) {
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(std::min(most, rows.size())), rows.end());
  return rows;
}

Result<void> MemoryReader::each_limit(const LimitFilter& filter, const Visitor<limits::UserLimit>& visit) {
  std::vector<limits::UserLimit> rows = defined_limits(database_->snapshot());
  std::erase_if(rows, [&](const limits::UserLimit& row) { return !filter.matches(row); });
  return walk(rows, visit);
}

Result<LimitPage> MemoryReader::limits_after(const std::optional<LimitPlace>& after, const LimitFilter& filter,
                                             std::size_t most) {
  LimitPage page;
  for (limits::UserLimit& row : defined_limits(database_->snapshot())) {
    if (!filter.matches(row)) continue;
    if (after && place_of(row) <= std::tie(after->user_id, after->user_limit_id, after->aggregate_id)) continue;
    if (page.limits.size() == most) {
      const limits::UserLimit& last = page.limits.back();
      page.next = {.user_id = last.user_id, .user_limit_id = last.user_limit_id, .aggregate_id = last.aggregate_id};
      break;
    }
    page.limits.push_back(std::move(row));
  }
  return page;
}

Result<HistoryPage> MemoryReader::history_back(const limits::LimitKey& key, std::optional<std::int64_t> from,
                                               std::size_t most) {
  const State state = database_->snapshot();
  const auto found = state.limits.find(
      {.aggregate_id = std::string(key.aggregate_id), .user_limit_id = std::string(key.user_limit_id)});
  HistoryPage page;
  if (found == state.limits.end()) return page;
  bool begun = !from;
  for (const auto& [stamp, row] : found->second.history | std::views::reverse) {
    begun = begun || row.change_id == *from;
    if (!begun) continue;
    if (page.rows.size() == most) {
      page.next = row.change_id;
      break;
    }
    page.rows.push_back(row);
  }
  return page;
}

Result<std::vector<HistoryRow>> MemoryReader::changes_after(std::int64_t change_id, std::size_t most) {
  const State state = database_->snapshot();
  std::vector<HistoryRow> rows;
  for (const auto& [key, limit] : state.limits) {
    for (const auto& [stamp, row] : limit.history) {
      if (row.change_id > change_id) rows.push_back(row);
    }
  }
  std::ranges::sort(rows, {}, &HistoryRow::change_id);
  return first_of(std::move(rows), most);
}

Result<std::vector<ParkedLimit>> MemoryReader::parked_after(const limits::LimitKey& key, std::size_t most) {
  std::vector<ParkedLimit> rows = parked_limits(database_->snapshot());
  std::erase_if(rows, [&](const ParkedLimit& row) {
    return std::tuple<std::string_view, std::string_view>(row.aggregate_id, row.user_limit_id) <=
           std::tie(key.aggregate_id, key.user_limit_id);
  });
  return first_of(std::move(rows), most);
}

Result<std::vector<DeadLetterRow>> MemoryReader::dead_letters_after(std::int64_t id, std::size_t most) {
  std::vector<DeadLetterRow> rows = dead_letters(database_->snapshot());
  std::erase_if(rows, [&](const DeadLetterRow& row) { return row.id <= id; });
  return first_of(std::move(rows), most);
}

Result<std::vector<HistoryRow>> MemoryReader::history(std::string_view user_limit_id) {
  const State state = database_->snapshot();
  std::vector<HistoryRow> rows;
  for (const Limit* limit : limits_of(state, user_limit_id)) {
    for (const auto& [stamp, row] : limit->history) rows.push_back(row);
  }
  return rows;
}

Result<std::int64_t> MemoryReader::first_change_since(limits::TimeMs arrival) {
  const State state = database_->snapshot();
  std::int64_t first = state.last_change_id + 1;
  for (const auto& [key, limit] : state.limits) {
    for (const auto& [stamp, row] : limit.history) {
      const bool is_old = row.arrival_ms > 0 && row.arrival_ms < arrival.value;
      if (!is_old && row.change_id > state.pruned_to) first = std::min(first, row.change_id);
    }
  }
  return first;
}

Result<void> MemoryReader::each_parked(const Visitor<ParkedLimit>& visit) {
  return walk(parked_limits(database_->snapshot()), visit);
}

Result<void> MemoryReader::each_dead_letter(const Visitor<DeadLetterRow>& visit) {
  return walk(dead_letters(database_->snapshot()), visit);
}

Result<std::optional<DeadLetterRow>> MemoryReader::dead_letter(std::int64_t id) {
  const State state = database_->snapshot();
  for (const auto& [key, row] : state.dead_letters) {
    if (row.id == id) return row;
  }
  return std::nullopt;
}

std::vector<HistoryRow> wanted_of(const Limit& limit, const KeptFilter& filter) {
  const auto wants = filter.wants ? filter.wants() : nullptr;
  std::vector<HistoryRow> rows;
  for (const HistoryRow& row : limit.history | std::views::values | std::views::reverse) {
    if (!wants || wants(row)) rows.push_back(row);
  }
  std::ranges::reverse(rows);
  return rows;
}

Result<void> MemoryReader::each_kept_limit(const KeptFilter& filter, const Visitor<KeptLimit>& visit) {
  const State state = database_->snapshot();
  for (const auto& [id, aggregates] : state.aggregates) {
    if (id != filter.user_limit_id.value_or(id)) continue;
    for (const Limit* limit : limits_of(state, id)) {
      KeptLimit kept{.state = limit->state,
                     .definition = limit->definition,
                     .progress = limit->progress,
                     .terms = limit->terms,
                     .floor = limit->floor,
                     .newest = newest_of(*limit),
                     .history = {}};
      if (filter.history) kept.history = wanted_of(*limit, filter);
      if (!visit(kept)) return {};
    }
  }
  return {};
}

Result<std::vector<ShardRow>> MemoryReader::shards() {
  const State state = database_->snapshot();
  std::vector<ShardRow> rows;
  for (const auto& [name, row] : state.shards) rows.push_back(row);
  return rows;
}

Result<Waiting> MemoryReader::waiting() {
  const State state = database_->snapshot();
  const auto is_open = [](const auto& entry) { return entry.second.state == LetterState::kOpen; };
  return Waiting{.parked_limits = std::ssize(parked_limits(state)),
                 .open_dead_letters = std::ranges::count_if(state.dead_letters, is_open)};
}

Result<std::int64_t> MemoryReader::backup(const std::string&, const Progress&) {
  return std::unexpected(Error{Errc::kFatal, "store memory: is kept in no file, so there is none to back up."});
}

Result<void> MemoryReader::each_digest_line(const Visitor<std::string>& visit) {
  const State state = database_->snapshot();
  std::vector<std::string> lines;
  for (const auto& [key, limit] : state.limits) {
    if (!limit.definition) continue;
    lines.push_back(digest::limit_line(limit.state, limit.definition->view(), limit.progress->view()));
  }
  for (const ParkedLimit& row : parked_limits(state)) lines.push_back(digest::parked_line(row));
  for (const auto& [key, limit] : state.limits) {
    for (std::size_t i = 0; i < limit.terms.size(); ++i) {
      if (limit.terms[i]) {
        lines.push_back(digest::term_line(limit.state, static_cast<limits::Term>(i), limit.terms[i]->view()));
      }
    }
  }
  for (const auto& [key, limit] : state.limits) {
    for (const auto& [stamp, row] : limit.history) lines.push_back(digest::history_line(row));
  }
  for (const auto& [key, row] : state.dead_letters) lines.push_back(digest::dead_letter_line(row.reason, row.raw));
  return walk(lines, visit);
}

}  // namespace

std::shared_ptr<Database> create(Options options) {
  return std::make_shared<Database>(options);
}

std::unique_ptr<Store> open(std::shared_ptr<Database> database) {
  return std::make_unique<MemoryStore>(std::move(database));
}

std::unique_ptr<Reader> open_reader(std::shared_ptr<Database> database) {
  return std::make_unique<MemoryReader>(std::move(database));
}

}  // namespace store::memory
