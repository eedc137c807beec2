#include <array>
#include <chrono>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/text.h"

namespace cli {
namespace {

constexpr std::array kVerdicts{store::Verdict::kApplied, store::Verdict::kDuplicate, store::Verdict::kStale,
                               store::Verdict::kParked,  store::Verdict::kIgnored,   store::Verdict::kDead,
                               store::Verdict::kExpired};
static_assert(kVerdicts.size() == store::kVerdictCount);

/// Counts of what is odd, and stopped nothing.
struct Findings {
  std::int64_t discrepancies_seen = 0;
  std::int64_t sequence_conflicts = 0;
  std::int64_t foreign_aggregates = 0;

  explicit Findings(const store::ShardRow& row)
      : discrepancies_seen(row.discrepancies_seen),
        sequence_conflicts(row.sequence_conflicts),
        foreign_aggregates(row.foreign_aggregates) {}
  Findings() = default;
  Findings& operator+=(const Findings& other) {
    discrepancies_seen += other.discrepancies_seen;
    sequence_conflicts += other.sequence_conflicts;
    foreign_aggregates += other.foreign_aggregates;
    return *this;
  }
  /// "2 sequence_conflict, 1 foreign_aggregate"; empty if there are none.
  [[nodiscard]] std::string named() const {
    std::string text;
    const auto add = [&text](std::int64_t number, std::string_view name) {
      if (number > 0) ((text += text.empty() ? "" : ", ") += count(number) + ' ') += name;
    };
    add(discrepancies_seen, "discrepancy");
    add(sequence_conflicts, "sequence_conflict");
    add(foreign_aggregates, "foreign_aggregate");
    return text;
  }
};

std::string to_json(const store::Tally& tally) {
  JsonObject object;
  for (const auto verdict : kVerdicts) object.add(to_string(verdict), tally[verdict]);
  return object.str();
}

std::string to_json(const Findings& findings) {
  return JsonObject()
      .add("discrepanciesSeen", findings.discrepancies_seen)
      .add("sequenceConflicts", findings.sequence_conflicts)
      .add("foreignAggregates", findings.foreign_aggregates)
      .str();
}

std::string to_json(const store::ShardRow& row) {
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
      .raw("verdicts", to_json(row.verdicts))
      .raw("findings", to_json(Findings(row)))
      .add("rulesVersion", row.rules_version)
      .add("rulesProblem", row.rules_problem.empty() ? std::nullopt : std::optional(row.rules_problem))
      .str();
}

/// "2 min ago"; "-" for what never was.
std::string age(std::int64_t at_ms) {
  if (at_ms <= 0) return "-";
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  return now_ms > at_ms ? duration(now_ms - at_ms) + " ago" : "now";
}

std::string behind(const store::ShardRow& row) {
  if (row.ended_at) return "at its end";
  return row.millis_behind_latest ? duration(*row.millis_behind_latest) : "-";
}

class Status final : public Command {
 public:
  void declare(Arguments&) override {}

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto shards = (*reader)->shards();
    if (!shards) return store_failure(shards.error());
    const auto waiting = (*reader)->waiting();
    if (!waiting) return store_failure(waiting.error());
    store::Tally totals;
    Findings findings;
    for (const auto& row : *shards) {
      totals += row.verdicts;
      findings += Findings(row);
    }
    if (context.output.json()) {
      print_json(context.output, *shards, totals, findings, *waiting);
    } else {
      print_table(context.output, *shards, totals);
      context.output.line(counted(waiting->parked_limits, "parked limit") + ", " +
                          counted(waiting->open_dead_letters, "open dead letter"));
    }
    advise(context.output, *shards, findings, *waiting);
    return {};
  }

 private:
  static void print_json(Output& output, const std::vector<store::ShardRow>& shards, const store::Tally& totals,
                         const Findings& findings, const store::Waiting& waiting) {
    std::string list;
    for (const auto& row : shards) list += (list.empty() ? "" : ",\n") + to_json(row);
    output.json_line(JsonObject()
                         .raw("shards", "[" + list + "]")
                         .raw("totals", to_json(totals))
                         .raw("findings", to_json(findings))
                         .add("parkedLimits", waiting.parked_limits)
                         .add("openDeadLetters", waiting.open_dead_letters)
                         .str());
  }

  static void print_table(Output& output, const std::vector<store::ShardRow>& shards, const store::Tally& totals) {
    using enum Column::Align;
    std::vector<Column> columns{{.title = "SHARD"},
                                {.title = "OWNER"},
                                {.title = "BEHIND", .align = kRight},
                                {.title = "UPDATED", .align = kRight},
                                {.title = "CHECKPOINT", .align = kRight}};
    for (const auto verdict : kVerdicts) columns.push_back({.title = to_string(verdict), .align = kRight});
    Table table(output, std::move(columns));
    const auto add = [&table](std::vector<std::string> cells, const store::Tally& tally) {
      for (const auto verdict : kVerdicts) cells.push_back(count(tally[verdict]));
      table.row(std::move(cells));
    };
    for (const auto& row : shards) {
      add({row.stream + '/' + row.shard, row.owner, behind(row), age(row.updated_at), age(row.checkpoint_at)},
          row.verdicts);
    }
    if (shards.size() > 1) add({"all", "", "", "", ""}, totals);
    table.finish();
  }

  static void advise(Output& output, const std::vector<store::ShardRow>& shards, const Findings& findings,
                     const store::Waiting& waiting) {
    if (shards.empty()) output.info("no shard has been read yet");
    for (const auto& row : shards) {
      if (row.rules_problem.empty()) continue;
      output.warn(row.stream + '/' + row.shard + " goes by older rules: " + row.rules_problem);
    }
    if (const std::string named = findings.named(); !named.empty()) output.warn("findings: " + named);
    if (waiting.open_dead_letters > 0) output.hint("limits dead list");
    if (waiting.parked_limits > 0) output.hint("limits parked list");
  }
};

constexpr Example kExamples[] = {
    {.line = "limits status", .says = "where each shard is, and what became of its records"},
    {.line = "limits status --json | jq .totals", .says = "all records by verdict"},
};

}  // namespace

const CommandEntry kStatus{
    .name = "status", .summary = "Show how far each shard is", .examples = kExamples, .make = make_command<Status>};

}  // namespace cli
