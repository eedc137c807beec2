#include <array>
#include <chrono>

#include "cli/commands.h"
#include "cli/table.h"
#include "cli/text.h"
#include "store/json.h"

namespace cli {
namespace {

constexpr std::array kVerdicts{store::Verdict::kApplied, store::Verdict::kDuplicate, store::Verdict::kStale,
                               store::Verdict::kParked,  store::Verdict::kIgnored,   store::Verdict::kDead,
                               store::Verdict::kExpired};
static_assert(kVerdicts.size() == store::kVerdictCount);

/// "2 sequence_conflict, 1 foreign_aggregate"; empty if there are none.
std::string named(const store::Findings& findings) {
  std::string text;
  const auto add = [&text](std::int64_t number, std::string_view name) {
    if (number > 0) ((text += text.empty() ? "" : ", ") += count(number) + ' ') += name;
  };
  add(findings.discrepancies_seen, "discrepancy");
  add(findings.sequence_conflicts, "sequence_conflict");
  add(findings.foreign_aggregates, "foreign_aggregate");
  return text;
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
    if (context.output.json()) {
      print_json(context.output, *shards, *waiting);
    } else {
      print_table(context.output, *shards);
      context.output.line(counted(waiting->parked_limits, "parked limit") + ", " +
                          counted(waiting->open_dead_letters, "open dead letter"));
    }
    advise(context.output, *shards, *waiting);
    return {};
  }

 private:
  static void print_json(Output& output, const std::vector<store::ShardRow>& shards, const store::Waiting& waiting) {
    std::string list;
    for (const auto& row : shards) list += (list.empty() ? "" : ",\n") + store::as_json(row).str();
    output.json_line(store::as_json("[" + list + "]", shards, waiting).str());
  }

  static void print_table(Output& output, const std::vector<store::ShardRow>& shards) {
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
    if (shards.size() > 1) add({"all", "", "", "", ""}, store::verdicts_of(shards));
    table.finish();
  }

  static void advise(Output& output, const std::vector<store::ShardRow>& shards, const store::Waiting& waiting) {
    if (shards.empty()) output.info("no shard has been read yet");
    for (const auto& row : shards) {
      if (row.rules_problem.empty()) continue;
      output.warn(row.stream + '/' + row.shard + " goes by older rules: " + row.rules_problem);
    }
    const std::string findings = named(store::findings_of(shards));
    if (!findings.empty()) output.warn("findings: " + findings);
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
