#include "cli/rehearsal.h"

#include <utility>
#include <vector>

#include "cli/json.h"
#include "cli/table.h"
#include "cli/text.h"
#include "store/memory/memory.h"

namespace cli {
namespace {

constexpr store::ShardKey kStage{.stream = "rehearsal", .shard = "rehearsal"};

limits::Decimal stored_decimal(const std::string& text) {
  return limits::Decimal::parse(text).value();  // a store's money is canonical text
}

std::optional<limits::TimeMs> time(const std::optional<std::int64_t>& ms) {
  return ms ? std::optional(limits::TimeMs{*ms}) : std::nullopt;
}

std::optional<limits::Decimal> previous_value(const limits::UserLimit& state) {
  return state.previous_limit_value ? std::optional(stored_decimal(*state.previous_limit_value)) : std::nullopt;
}

limits::Definition definition_of(const limits::UserLimit& state) {
  return {.user_id = state.user_id,
          .brand_id = state.brand_id,
          .currency_code = state.currency_code,
          .type = state.type,
          .period = state.period,
          .status = state.status,
          .value = stored_decimal(state.value),
          .previous_limit_value = previous_value(state),
          .active_from = {state.active_from},
          .active_until = time(state.active_until),
          .created_at = time(state.created_at)};
}

limits::Terms term_of(const limits::UserLimit& state, limits::Term term) {
  switch (term) {
    case limits::Term::kActiveUntil:
      return {.active_until = time(state.active_until)};
    case limits::Term::kPreviousLimitValue:
      return {.previous_limit_value = previous_value(state)};
    case limits::Term::kStatus:
      return {.status = state.status};
    case limits::Term::kValue:
      return {.value = stored_decimal(state.value)};
  }
  return {};
}

/// Changes that end in what is kept: one per group. Whoever defines a limit sets its progress and its terms too, so
/// their stamps are never lower than the definition's.
std::vector<limits::Change> changes_to(const store::KeptLimit& kept) {
  limits::Change change;
  change.key = {.aggregate_id = kept.state.aggregate_id, .user_limit_id = kept.state.user_limit_id};
  change.fields = "{}";
  if (kept.progress) {
    change.progress = limits::Progress{.progress = stored_decimal(kept.state.progress),
                                       .next_reset_time = time(kept.state.next_reset_time)};
  }
  std::vector<limits::Change> changes;
  if (kept.definition) {
    change.stamp = kept.definition->view();
    change.definition = definition_of(kept.state);
    changes.push_back(change);
    change.definition.reset();
  }
  if (kept.progress) {
    change.stamp = kept.progress->view();
    changes.push_back(change);
    change.progress.reset();
  }
  for (std::size_t i = 0; i < limits::kTermCount; ++i) {
    if (!kept.terms[i]) continue;
    change.stamp = kept.terms[i]->view();
    change.terms = term_of(kept.state, static_cast<limits::Term>(i));
    changes.push_back(change);
  }
  return changes;
}

}  // namespace

Rehearsal::Rehearsal(store::Reader& actual) : actual_(actual) {
  const auto database = store::memory::create({.history = false});
  stage_ = store::memory::open(database);
  seen_ = store::memory::open_reader(database);
}

Outcome<store::Report> Rehearsal::play(const store::Replay& replay) {
  std::vector<limits::Change> changes;
  for (const store::Retry& retry : replay.retries) {
    if (!retry.outcome) {
      ++failing_;
    } else if (!*retry.outcome) {
      ++without_effect_;
    } else {
      changes.push_back(**retry.outcome);
      if (auto copied = copy_limit(changes.back().key); !copied) return std::unexpected(copied.error());
    }
  }
  const auto played = stage_->apply(
      {.changes = changes, .shard = {.key = replay.shard, .now = replay.now, .rules_version = replay.rules_version}},
      store::Durability::kCommitted);
  if (!played) return store_failure(played.error());
  without_effect_ += played->verdicts[store::Verdict::kDuplicate] + played->verdicts[store::Verdict::kStale];
  return *played;
}

Outcome<void> Rehearsal::copy_limit(const limits::LimitKey& key) {
  const auto [place, is_new] = before_.try_emplace({std::string(key.aggregate_id), std::string(key.user_limit_id)});
  if (!is_new) return {};
  Standing& before = place->second;
  store::Result<store::Report> staged;
  const auto read = actual_.each_kept_limit(
      {.user_limit_id = std::string(key.user_limit_id), .history = false}, [&](const store::KeptLimit& kept) {
        if (kept.state.aggregate_id != key.aggregate_id) return true;
        before = kept;
        staged = stage_->apply({.changes = changes_to(kept), .shard = {.key = kStage}}, store::Durability::kCommitted);
        return false;
      });
  if (!read) return store_failure(read.error());
  if (!staged) return store_failure(staged.error());
  return {};
}

std::string Rehearsal::describe(const Standing& standing) {
  if (!standing) return "not there";
  const limits::UserLimit& limit = standing->state;
  if (!standing->definition) return standing->progress ? "parked, progress " + money(limit.progress, "") : "parked";
  return std::string(to_string(limit.status)) + ", " + money(limit.progress, "") + " of " +
         money(limit.value, limit.currency_code);
}

/// Of a parked limit, what is set.
std::string Rehearsal::to_json(const Standing& standing) {
  if (!standing) return "null";
  const limits::UserLimit& limit = standing->state;
  if (standing->definition) return limits::to_json(limit);
  const auto is_set = [&](limits::Term term) { return standing->terms[static_cast<std::size_t>(term)].has_value(); };
  JsonObject object;
  object.add("limitId", limit.user_limit_id).add("aggregateId", limit.aggregate_id);
  if (is_set(limits::Term::kStatus)) object.add("status", to_string(limit.status));
  if (is_set(limits::Term::kValue)) object.add("value", limit.value);
  if (standing->progress) object.add("progress", limit.progress);
  object.add("previousLimitValue", limit.previous_limit_value);
  object.add("activeUntil", limit.active_until);
  object.add("nextResetTime", limit.next_reset_time);
  return object.str();
}

Outcome<std::pair<Rehearsal::Standing, Rehearsal::Standing>> Rehearsal::before_and_after(const limits::LimitKey& key) {
  const auto before = before_.find({std::string(key.aggregate_id), std::string(key.user_limit_id)});
  std::pair<Standing, Standing> standings;
  if (before != before_.end()) standings.first = before->second;
  const auto read = seen_->each_kept_limit({.user_limit_id = std::string(key.user_limit_id), .history = false},
                                           [&](const store::KeptLimit& kept) {
                                             if (kept.state.aggregate_id == key.aggregate_id) standings.second = kept;
                                             return true;
                                           });
  if (!read) return store_failure(read.error());
  return standings;
}

Outcome<std::map<Rehearsal::Key, Rehearsal::Standing>> Rehearsal::after() {
  std::map<Key, Standing> standings;
  const auto read = seen_->each_kept_limit({.user_limit_id = {}, .history = false}, [&](const store::KeptLimit& kept) {
    standings.emplace(Key{kept.state.aggregate_id, kept.state.user_limit_id}, kept);
    return true;
  });
  if (!read) return store_failure(read.error());
  return standings;
}

Outcome<void> Rehearsal::tell(Output& output) {
  Table table(output,
              {{.title = "LIMIT"}, {.title = "AGGREGATE"}, {.title = "BEFORE"}, {.title = "AFTER"}, {.title = ""}});
  JsonArray array(output);
  std::int64_t changed = 0;
  const auto read = seen_->each_kept_limit({.user_limit_id = {}, .history = false}, [&](const store::KeptLimit& kept) {
    const Standing& before = before_.at({kept.state.aggregate_id, kept.state.user_limit_id});
    const Standing after = kept;
    const bool was_parked = before && !before->definition;
    const bool appears = after->definition && (was_parked || !before);
    if (to_json(before) == to_json(after) && !appears) return true;
    ++changed;
    if (output.json()) {
      array.add(JsonObject()
                    .add("limitId", kept.state.user_limit_id)
                    .add("aggregateId", kept.state.aggregate_id)
                    .raw("before", to_json(before))
                    .raw("after", to_json(after))
                    .raw("wasParked", was_parked ? "true" : "false")
                    .raw("becomesVisible", appears ? "true" : "false")
                    .str());
    } else {
      table.row({kept.state.user_limit_id, kept.state.aggregate_id, describe(before), describe(after),
                 appears ? "becomes visible" : ""});
    }
    return true;
  });
  if (!read) return store_failure(read.error());
  output.json() ? array.finish() : table.finish();
  output.info(counted(changed, "limit") + " would change, " + counted(without_effect_, "dead letter") +
              " would have no effect, " + count(failing_) + " would fail again; nothing was written");
  return {};
}

}  // namespace cli
