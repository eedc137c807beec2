#include "processor/pipeline.h"

#include <algorithm>

#include <fmt/format.h>

#include "processor/patience.h"

namespace processor {

Pipeline::Pipeline(PipelineOptions options, RulesSource& rules, store::Store& store, Clock& clock, Log& log)
    : options_(std::move(options)),
      rules_(rules),
      store_(store),
      clock_(clock),
      log_(log),
      policy_(options_.checkpoint_interval, clock.now()),
      reader_{.fields = store.keeps_history() ? limits::Fields::kRendered : limits::Fields::kLeftOut} {}

kcl::Result<void> Pipeline::process_records(const kcl::Batch& batch, kcl::Checkpointer& checkpointer) {
  const auto start = clock_.now();
  millis_behind_latest_ = batch.millis_behind_latest;
  rules_.refresh();
  if (batch.records.empty()) return tick(checkpointer);
  for (std::span<const kcl::Record> rest = batch.records;;) {
    const auto chunk = rest.first(std::min(rest.size(), kChunk));
    rest = rest.subspan(chunk.size());
    decode(chunk);
    policy_.advance(chunk.back().position);
    if (rest.empty()) {
      auto finished = finish(policy_.due(clock_.now(), false), checkpointer);
      if (finished) batch_time_ = std::chrono::duration_cast<std::chrono::microseconds>(row_written_ - start);
      return finished;
    }
    if (auto committed = commit(false); !committed) return committed;
  }
}

void Pipeline::decode(std::span<const kcl::Record> chunk) {
  for (const kcl::Record& record : chunk) {
    auto change = decide(record, rules_.rules(), reader_, arena_);
    if (!change) {
      dead_letters_.push_back({record.data, std::move(change.error()), origin_of(record)});
    } else if (!*change) {
      ++ignored_;
    } else {
      changes_.push_back(std::move(**change));
    }
  }
}

kcl::Result<void> Pipeline::commit(bool checkpoint_follows, bool ended) {
  const store::Batch batch{
      .changes = changes_,
      .dead_letters = dead_letters_,
      .ignored = ignored_,
      .shard = {.key = {options_.stream, shard_},
                .sequence = policy_.position().sequence,
                .sub_sequence = policy_.position().sub_sequence,
                .millis_behind_latest = millis_behind_latest_,
                .now = clock_.wall(),
                .owner = options_.owner,
                .rules_version = rules_.rules().version(),
                .rules_problem = rules_.problem(),
                .checkpoint_follows = checkpoint_follows,
                .ended = ended,
                .batch_time = batch_time_,
                .checkpoint_refused = checkpoint_refused_},
  };
  const auto durability =
      checkpoint_follows || options_.durable_batches ? store::Durability::kDurable : store::Durability::kCommitted;
  const auto report = patiently(clock_, log_, [&] { return store_.apply(batch, durability); });
  if (!report) return std::unexpected(kcl::Error{report.error().what});
  row_written_ = clock_.now();
  batch_time_.reset();
  checkpoint_refused_ = false;
  tell(*report);
  changes_.clear();
  dead_letters_.clear();
  ignored_ = 0;
  arena_.clear();
  return {};
}

kcl::Result<void> Pipeline::finish(bool checkpoint, kcl::Checkpointer& checkpointer) {
  if (auto committed = commit(checkpoint); !committed || !checkpoint) return committed;
  const auto outcome = checkpointer.checkpoint(policy_.position());
  if (!outcome) return std::unexpected(outcome.error());
  switch (*outcome) {
    case kcl::CheckpointOutcome::kAccepted:
      policy_.accepted(clock_.now());
      break;
    case kcl::CheckpointOutcome::kPostponed:
      log_.warning(fmt::format("the daemon could not checkpoint {}; the next checkpoint covers it",
                               policy_.position().sequence));
      checkpoint_refused_ = true;
      policy_.postponed(clock_.now());
      break;
    case kcl::CheckpointOutcome::kLeaseLost:
      log_.info("another worker took the lease of this shard: no more checkpoints from here");
      policy_.postponed(clock_.now());
      break;
  }
  return {};
}

kcl::Result<void> Pipeline::tick(kcl::Checkpointer& checkpointer) {
  const auto now = clock_.now();
  const bool due = policy_.due(now, true);
  if (!due && now - row_written_ < kRowRefresh) return {};
  return finish(due, checkpointer);
}

kcl::Result<void> Pipeline::initialize(const kcl::Initialize& start) {
  shard_ = start.shard_id;
  log_.open_file(options_.stream, shard_);
  log_.info(fmt::format("{} {}: starts after {}, as {}", options_.stream, shard_,
                        start.sequence.empty() ? "a place the daemon did not tell" : start.sequence, options_.owner));
  // So that the shard's row says at once who owns it; and how far behind it is as soon as that is known.
  auto committed = commit(false);
  row_written_ = clock_.now() - kRowRefresh;
  return committed;
}

kcl::Result<void> Pipeline::lease_lost() {
  log_.info("another worker owns the shard now");
  return {};
}

kcl::Result<void> Pipeline::shard_ended() {
  log_.info("the shard is closed and all its records are applied");
  return commit(true, true);
}

kcl::Result<void> Pipeline::shutdown_requested(kcl::Checkpointer& checkpointer) {
  if (auto committed = commit(true); !committed) return committed;
  const auto outcome = checkpointer.checkpoint_all(kcl::Checkpointer::kShutdownBudget);
  if (!outcome) return std::unexpected(outcome.error());
  if (*outcome == kcl::CheckpointOutcome::kPostponed) {
    log_.warning("the daemon could not checkpoint before its end; the next owner reads some records again");
  }
  log_.info("the daemon stops; everything delivered is applied");
  return {};
}

void Pipeline::tell(const store::Report& report) const {
  if (!dead_letters_.empty()) {
    const store::DeadLetter& first = dead_letters_.front();
    log_.warning(
        fmt::format("{} of {} records could not be applied and are dead letters now, the first at {}: {} ({}). "
                    "Look at them with: limits dead list",
                    dead_letters_.size(), report.verdicts.total(), first.origin.sequence, first.fault.what,
                    limits::to_string(first.fault.reason)));
  }
  if (!log_.enabled(LogLevel::kDebug)) return;
  std::string counts;
  for (std::size_t i = 0; i < store::kVerdictCount; ++i) {
    const auto verdict = static_cast<store::Verdict>(i);
    counts += fmt::format(" {} {}", report.verdicts[verdict], store::to_string(verdict));
  }
  log_.debug(
      fmt::format("committed up to {}.{}:{}", policy_.position().sequence, policy_.position().sub_sequence, counts));
}

}  // namespace processor
