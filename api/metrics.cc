#include "api/metrics.h"

#include <limits>
#include <optional>

#include "api/freshness.h"

namespace api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

const prometheus::Histogram::BucketBoundaries kSeconds{0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1};

MetricFamily family(MetricType type, std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help), .type = type, .metric = {}};
}

void add(MetricFamily& family, Labels labels, double value) {
  ClientMetric& metric = family.metric.emplace_back();
  metric.label = std::move(labels);
  (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
}

double seconds(std::int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

Labels labels_of(const store::ShardRow& row) {
  return {{.name = "stream", .value = row.stream}, {.name = "shard", .value = row.shard}};
}

Labels with(Labels labels, std::string name, std::string_view value) {
  labels.push_back({.name = std::move(name), .value = std::string(value)});
  return labels;
}

/// A value per shard; shards without one are left out.
template <class Value>
MetricFamily by_shard(const std::vector<store::ShardRow>& rows, MetricType type, std::string name, std::string help,
                      const Value& value_of) {
  MetricFamily result = family(type, std::move(name), std::move(help));
  for (const store::ShardRow& row : rows) {
    if (const std::optional<double> value = value_of(row)) add(result, labels_of(row), *value);
  }
  return result;
}

MetricFamily verdicts(const std::vector<store::ShardRow>& rows) {
  MetricFamily records = family(MetricType::Counter, "limits_records_total", "Records by what became of them.");
  for (const store::ShardRow& row : rows) {
    for (std::size_t i = 0; i < store::kVerdictCount; ++i) {
      const auto verdict = static_cast<store::Verdict>(i);
      add(records, with(labels_of(row), "verdict", to_string(verdict)), static_cast<double>(row.verdicts[verdict]));
    }
  }
  return records;
}

MetricFamily findings(const std::vector<store::ShardRow>& rows) {
  MetricFamily found = family(MetricType::Counter, "limits_findings_total", "Events that contradict others.");
  for (const store::ShardRow& row : rows) {
    const auto count = [&](std::string_view finding, std::int64_t value) {
      add(found, with(labels_of(row), "finding", finding), static_cast<double>(value));
    };
    count("discrepancy", row.discrepancies_seen);
    count("sequence_conflict", row.sequence_conflicts);
    count("foreign_aggregate", row.foreign_aggregates);
  }
  return found;
}

MetricFamily dead_records(const std::vector<store::ShardRow>& rows) {
  MetricFamily dead = family(MetricType::Counter, "limits_dead_records_total", "Records that could not be applied.");
  for (const store::ShardRow& row : rows) {
    for (const auto& [reason, records] : row.dead_by_reason) {
      add(dead, with(labels_of(row), "reason", to_string(reason)), static_cast<double>(records));
    }
  }
  return dead;
}

MetricFamily batch_times(const std::vector<store::ShardRow>& rows) {
  using store::BatchTimes;
  MetricFamily times = family(MetricType::Histogram, "limits_batch_duration_seconds",
                              "How long batches took, from the daemon's line to the commit.");
  for (const store::ShardRow& row : rows) {
    ClientMetric& metric = times.metric.emplace_back();
    metric.label = labels_of(row);
    ClientMetric::Histogram& histogram = metric.histogram;
    histogram.sample_sum = std::chrono::duration<double>(row.batch_times.sum).count();
    for (std::size_t i = 0; i < BatchTimes::kClassCount; ++i) {
      histogram.sample_count += static_cast<std::uint64_t>(row.batch_times.counts[i]);
      const bool is_last = i == BatchTimes::kBounds.size();
      histogram.bucket.push_back({.cumulative_count = histogram.sample_count,
                                  .upper_bound = is_last
                                                     ? std::numeric_limits<double>::infinity()
                                                     : std::chrono::duration<double>(BatchTimes::kBounds[i]).count()});
    }
  }
  return times;
}

/// Times, and not how long ago they were: what only a batch moves would stand still when the shard does.
std::vector<MetricFamily> shard_families(const std::vector<store::ShardRow>& rows) {
  using Row = store::ShardRow;
  using Value = std::optional<double>;
  const auto open = [](const Row& row, Value value) { return row.ended_at ? std::nullopt : value; };
  return {
      verdicts(rows),
      dead_records(rows),
      findings(rows),
      batch_times(rows),
      by_shard(rows, MetricType::Counter, "limits_checkpoints_refused_total",
               "Checkpoints that the daemon could not take; a later one covers what they would have.",
               [](const Row& row) { return Value(static_cast<double>(row.checkpoints_refused)); }),
      by_shard(rows, MetricType::Gauge, "limits_last_batch_timestamp_seconds",
               "When the shard's last batch was stored. Of open shards.",
               [&](const Row& row) { return open(row, seconds(row.updated_at)); }),
      by_shard(rows, MetricType::Gauge, "limits_last_checkpoint_timestamp_seconds",
               "When the shard's position was last about to be checkpointed. Of open shards.",
               [&](const Row& row) {
                 return open(row, row.checkpoint_at > 0 ? Value(seconds(row.checkpoint_at)) : Value());
               }),
      by_shard(rows, MetricType::Gauge, "limits_as_of_timestamp_seconds",
               "The state has all that the shard had at this time. Of open shards that have said how far they are.",
               [&](const Row& row) {
                 const auto time = as_of({&row, 1});
                 return open(row, time ? Value(seconds(time->value)) : Value());
               }),
      by_shard(rows, MetricType::Gauge, "limits_shard_ended", "1 if the shard was read to its end.",
               [](const Row& row) { return Value(row.ended_at ? 1 : 0); }),
      by_shard(rows, MetricType::Gauge, "limits_rules_refused",
               "1 if the shard's processor goes by old rules, because the new ones are no good. Of open shards.",
               [&](const Row& row) { return open(row, row.rules_problem.empty() ? 0 : 1); }),
  };
}

}  // namespace

RequestMetrics::RequestMetrics()
    : durations_(prometheus::BuildHistogram()
                     .Name("limits_api_answer_duration_seconds")
                     .Help("How long answers took to make. One that waits for changes is made anew with each.")
                     .Register(registry_)) {}

void RequestMetrics::count(std::string_view route, int status, std::chrono::duration<double> taken) {
  durations_.Add({{"route", std::string(route)}, {"code", std::to_string(status)}}, kSeconds).Observe(taken.count());
}

MetricFamily gauge(std::string name, std::string help, double value) {
  MetricFamily result = family(MetricType::Gauge, std::move(name), std::move(help));
  add(result, {}, value);
  return result;
}

store::Result<std::vector<MetricFamily>> metrics_of(store::Reader& reader) {
  const auto rows = reader.shards();
  if (!rows) return std::unexpected(rows.error());
  const auto waiting = reader.waiting();
  if (!waiting) return std::unexpected(waiting.error());
  const auto space = reader.space();
  if (!space) return std::unexpected(space.error());

  std::vector<MetricFamily> all = shard_families(*rows);
  all.push_back(gauge("limits_parked_limits", "Limits whose definition has not come.",
                      static_cast<double>(waiting->parked_limits)));
  all.push_back(gauge("limits_open_dead_letters", "Records that could not be applied and that nobody has settled.",
                      static_cast<double>(waiting->open_dead_letters)));
  all.push_back(gauge("limits_store_bytes", "Size of the store.", static_cast<double>(space->bytes)));
  all.push_back(
      gauge("limits_store_log_bytes", "Size of the store's write-ahead log.", static_cast<double>(space->log_bytes)));
  all.push_back(
      gauge("limits_store_available_bytes", "What the store's disk has left.", static_cast<double>(space->free_bytes)));
  return all;
}

}  // namespace api
