#include "store/json.h"

#include "limits/json_text.h"

namespace store {
namespace {

using limits::JsonObject;

std::string to_text(const Tally& tally) {
  JsonObject object;
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    object.add(to_string(verdict), tally[verdict]);
  }
  return object.str();
}

std::string to_text(const Findings& findings) {
  return JsonObject()
      .add("discrepanciesSeen", findings.discrepancies_seen)
      .add("sequenceConflicts", findings.sequence_conflicts)
      .add("foreignAggregates", findings.foreign_aggregates)
      .str();
}

template <class Text>
std::string to_text(const std::vector<Text>& texts) {
  std::string array = "[";
  for (const Text& text : texts) {
    if (array.size() > 1) array += ',';
    limits::append_json_string(array, text);
  }
  return array + ']';
}

JsonObject as_json(const Cause& cause) {
  JsonObject object = as_json(cause.event);
  object.raw("sets", to_text(cause.sets)).add("progressBefore", cause.progress_before).add("amount", cause.amount);
  if (!cause.discrepancies.empty()) object.raw("discrepancies", to_text(cause.discrepancies));
  return object;
}

}  // namespace

JsonObject as_json(const HistoryRow& row) {
  return JsonObject()
      .add("aggregateId", row.aggregate_id)
      .add("limitId", row.user_limit_id)
      .add("sequenceNumber", row.sequence)
      .add("eventId", row.event_id)
      .add("type", row.type)
      .add("handler", row.handler)
      .add("createdAt", row.created_at)
      .add("progressAfter", row.progress_after)
      .raw("fields", row.fields)
      .add("changeId", row.change_id)
      .add("stream", row.stream)
      .add("shard", row.shard)
      .add("kinesisSequenceNumber", row.kinesis_sequence)
      .add("kinesisSubSequenceNumber", row.sub_sequence)
      .add("arrivedAt", row.arrival_ms)
      .add("rulesVersion", row.rules_version);
}

JsonObject as_json(const ParkedLimit& limit) {
  return JsonObject()
      .add("aggregateId", limit.aggregate_id)
      .add("limitId", limit.user_limit_id)
      .add("progress", limit.progress)
      .add("nextResetTime", limit.next_reset_time)
      .add("newestSequenceNumber", limit.newest_sequence)
      .add("newestEventId", limit.newest_event_id)
      .add("events", limit.events)
      .add("since", limit.since_ms)
      .add("waitsFor", kAwaited);
}

JsonObject as_json(const DeadLetterRow& row) {
  return JsonObject()
      .add("id", row.id)
      .add("state", to_string(row.state))
      .add("reason", to_string(row.reason))
      .add("what", row.what)
      .add("bytes", row.raw.size())
      .add("stream", row.stream)
      .add("shard", row.shard)
      .add("sequenceNumber", row.kinesis_sequence)
      .add("subSequenceNumber", row.sub_sequence)
      .add("arrivedAt", row.arrival_ms)
      .add("seen", row.seen)
      .add("rulesVersion", row.rules_version)
      .add("attempts", row.attempts)
      .add("handledAt", row.handled_at)
      .add("retryWhat", row.retry_what);
}

JsonObject as_json(const ShardRow& row) {
  return JsonObject()
      .add("stream", row.stream)
      .add("shard", row.shard)
      .add("owner", row.owner)
      .add("sequenceNumber", row.sequence)
      .add("subSequenceNumber", row.sub_sequence)
      .add("checkpointSequenceNumber", row.checkpoint_sequence)
      .add("checkpointSubSequenceNumber", row.checkpoint_sub_sequence)
      .add("updatedAt", row.updated_at)
      .add("checkpointAt", row.checkpoint_at)
      .add("endedAt", row.ended_at)
      .add("millisBehindLatest", row.millis_behind_latest)
      .raw("verdicts", to_text(row.verdicts))
      .raw("findings", to_text(findings_of({&row, 1})))
      .add("rulesVersion", row.rules_version)
      .add("rulesProblem", row.rules_problem.empty() ? std::nullopt : std::optional(row.rules_problem));
}

std::string to_json(const Standing& standing, std::optional<limits::TimeMs> at, bool explained) {
  JsonObject object = limits::as_json(standing.limit.state);
  if (at) object.add("at", at->value);
  if (explained) {
    std::string causes;
    for (const Cause& cause : standing.causes) causes += (causes.empty() ? "" : ",") + as_json(cause).str();
    object.raw("explanation", '[' + causes + ']');
  }
  return object.str();
}

JsonObject as_json(std::string_view shards, const std::vector<ShardRow>& rows, const Waiting& waiting) {
  return JsonObject()
      .raw("shards", shards)
      .raw("totals", to_text(verdicts_of(rows)))
      .raw("findings", to_text(findings_of(rows)))
      .add("parkedLimits", waiting.parked_limits)
      .add("openDeadLetters", waiting.open_dead_letters);
}

Findings findings_of(std::span<const ShardRow> rows) {
  Findings sum;
  for (const ShardRow& row : rows) {
    sum.discrepancies_seen += row.discrepancies_seen;
    sum.sequence_conflicts += row.sequence_conflicts;
    sum.foreign_aggregates += row.foreign_aggregates;
  }
  return sum;
}

Tally verdicts_of(std::span<const ShardRow> rows) {
  Tally sum;
  for (const ShardRow& row : rows) sum += row.verdicts;
  return sum;
}

}  // namespace store
