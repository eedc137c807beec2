#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "aws/stream_reader.h"
#include "cli/commands.h"
#include "cli/event_input.h"
#include "cli/json.h"
#include "cli/kinesis_options.h"
#include "cli/rules_comparison.h"
#include "cli/table.h"
#include "cli/text.h"
#include "limits/wording.h"
#include "processor/rules_file.h"

namespace cli {
namespace {

using OtherLimit = RulesComparison::OtherLimit;

constexpr std::size_t kMostShown = 5;

/// What was played, and what came of it.
struct Comparison {
  std::int64_t events = 0;
  std::int64_t letters = 0;
  std::map<RulesComparison::Ways, std::int64_t> ways;
  RulesComparison::OtherLimits limits;

  [[nodiscard]] std::int64_t taken_otherwise() const {
    std::int64_t sum = 0;
    for (const auto& [way, records] : ways) sum += records;
    return sum;
  }
};

/// A field of a limit that would end otherwise.
struct OtherField {
  std::string name;
  std::string before;
  std::string after;
};

/// Of a limit that is defined by one set of rules only there is but one thing to say.
std::vector<OtherField> other_fields(const OtherLimit& limit) {
  const auto stage = [](const Rehearsal::Standing& standing) {
    return standing ? 1 + standing->definition.has_value() : 0;
  };
  if (stage(limit.before) != stage(limit.after)) {
    return {{.name = "all", .before = Rehearsal::describe(limit.before), .after = Rehearsal::describe(limit.after)}};
  }
  const auto before = nlohmann::json::parse(Rehearsal::to_json(limit.before));
  const auto after = nlohmann::json::parse(Rehearsal::to_json(limit.after));
  const auto text = [](const nlohmann::json& object, const std::string& name) -> std::string {
    const auto found = object.find(name);
    if (found == object.end()) return "-";
    return found->is_string() ? found->get<std::string>() : found->dump();
  };
  std::set<std::string> names;
  for (const auto* object : {&before, &after}) {
    for (const auto& [name, value] : object->items()) names.insert(name);
  }
  names.erase("remaining");  // follows from the others
  std::vector<OtherField> fields;
  for (const std::string& name : names) {
    OtherField field{.name = name, .before = text(before, name), .after = text(after, name)};
    if (field.before != field.after) fields.push_back(std::move(field));
  }
  return fields;
}

class RulesDiff final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.required("FILE", new_file_, "The new rules");
    arguments.option("--events", "FILE", events_, "Events to play: a JSON array or JSON Lines; - reads standard input");
    arguments.option("--stream", "NAME", stream_, "A stream whose records to play, as far as it goes now");
    arguments.option("--since", "AGE", since_, "Of the stream only what arrived since: 90d, 36h, 30m, 45s");
    arguments.option("--rules", "FILE", rules_file_, "The rules so far (default: properties/rules.json)");
    arguments.number_option("--threshold", "N", threshold_, 0, std::numeric_limits<std::int64_t>::max(),
                            "How many limits may end otherwise (default: 0)");
    kinesis_.declare(arguments);
  }

  Outcome<void> run(Context& context) override {
    const auto since = first_arrival();
    if (!since) return std::unexpected(since.error());
    const auto before = processor::load_rules(rules_file_);
    if (!before) return fail(ExitCode::kFailed, before.error());
    const auto text = processor::read_rules(new_file_);
    if (!text) return fail(ExitCode::kFailed, text.error());
    const auto after = limits::Rules::parse(*text, new_file_);
    if (!after) return fail(ExitCode::kFailed, after.error().what);
    const auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());

    RulesComparison rules(**reader, *before, *after);
    Comparison comparison;
    if (auto played = play_letters(**reader, rules, comparison); !played) return played;
    if (auto played = play_events(context.output, rules, comparison); !played) return played;
    if (auto played = play_stream(context.output, *since, rules, comparison); !played) return played;
    auto ways = rules.other_ways();
    if (!ways) return std::unexpected(ways.error());
    auto limits = rules.other_limits(kMostShown);
    if (!limits) return std::unexpected(limits.error());
    comparison.ways = std::move(*ways);
    comparison.limits = std::move(*limits);
    context.output.json() ? print_json(context.output, comparison) : print(context.output, comparison);
    return judge(context.output, comparison);
  }

 private:
  [[nodiscard]] Outcome<std::optional<std::int64_t>> first_arrival() const {
    if (since_.empty()) return std::nullopt;
    if (stream_.empty()) return fail(ExitCode::kUsage, "--since: says which records of a --stream, and none is named");
    const auto age = read_duration(since_);
    if (age) return wall_clock().value - *age;
    return fail(ExitCode::kUsage,
                "--since: expected a number of days, hours, minutes or seconds, like 90d, 36h, 30m, 45s, found " +
                    limits::in_quotes(since_));
  }

  /// What is open, as if it were replayed.
  static Outcome<void> play_letters(store::Reader& reader, RulesComparison& rules, Comparison& comparison) {
    std::vector<std::int64_t> ids;
    const auto walked = reader.each_dead_letter([&](const store::DeadLetterRow& row) {
      if (row.state == store::LetterState::kOpen) ids.push_back(row.id);
      return true;
    });
    if (!walked) return store_failure(walked.error());
    for (const std::int64_t id : ids) {
      const auto row = reader.dead_letter(id);
      if (!row) return store_failure(row.error());
      if (!*row) continue;
      if (auto added = rules.add((*row)->raw, (*row)->reason != limits::Reason::kBadBase64); !added) return added;
      ++comparison.letters;
    }
    return {};
  }

  Outcome<void> play_events(Output& output, RulesComparison& rules, Comparison& comparison) const {
    if (events_.empty()) return {};
    const auto input = EventInput::open(events_);
    if (!input) return std::unexpected(input.error());
    if (input->is_terminal()) output.info("reading events from the terminal; Ctrl-D ends them");
    EventReader reader = input->reader();
    Progress progress(output, "playing", input->size());
    while (true) {
      progress.show(reader.consumed(), counted(comparison.events, "event"));
      const auto next = reader.next();
      if (!next) return std::unexpected(next.error());
      const std::optional<Element>& element = *next;
      if (!element) return {};
      if (!nlohmann::json::accept(element->bytes))
        return reader.failure_at(element->line, "is no JSON. A line is one event");
      if (auto added = rules.add(element->bytes); !added) return added;
      ++comparison.events;
    }
  }

  Outcome<void> play_stream(Output& output, std::optional<std::int64_t> since, RulesComparison& rules,
                            Comparison& comparison) const {
    if (stream_.empty()) return {};
    const auto connection = kinesis_.connection(output);
    if (!connection) return std::unexpected(connection.error());
    Progress progress(output, "playing", 0);
    Outcome<void> added;
    const auto read = aws::StreamReader((*connection)->kinesis, stream_)
                          .each_record(since, wall_clock().value, [&](std::string_view data) {
                            ++comparison.events;
                            progress.show(comparison.events, counted(comparison.events, "event"));
                            added = rules.add(data);
                            return added.has_value();
                          });
    if (!read) return kinesis_failure(read.error(), stream_);
    return added;
  }

  static void print(Output& output, const Comparison& comparison) {
    Table ways(output, {{.title = "BEFORE"}, {.title = "AFTER"}, {.title = "EVENTS", .align = Column::Align::kRight}});
    for (const auto& [way, records] : comparison.ways) ways.row({way.first, way.second, count(records)});
    ways.finish();
    if (!comparison.ways.empty() && comparison.limits.count > 0) output.line("");
    Table table(
        output,
        {{.title = "LIMIT"}, {.title = "AGGREGATE"}, {.title = "FIELD"}, {.title = "BEFORE"}, {.title = "AFTER"}});
    for (const OtherLimit& limit : comparison.limits.first) {
      for (const auto& [name, before, after] : other_fields(limit)) {
        table.row({limit.key.second, limit.key.first, name, before, after});
      }
    }
    table.finish();
    const std::int64_t more = comparison.limits.count - std::ssize(comparison.limits.first);
    if (more > 0) output.line("and " + counted(more, "limit") + " more");
  }

  static void print_json(Output& output, const Comparison& comparison) {
    std::string ways;
    for (const auto& [way, records] : comparison.ways) {
      ways += (ways.empty() ? "" : ",") +
              JsonObject().add("before", way.first).add("after", way.second).add("events", records).str();
    }
    std::string limits;
    for (const OtherLimit& limit : comparison.limits.first) {
      limits += (limits.empty() ? "" : ",\n") + JsonObject()
                                                    .add("limitId", limit.key.second)
                                                    .add("aggregateId", limit.key.first)
                                                    .raw("before", Rehearsal::to_json(limit.before))
                                                    .raw("after", Rehearsal::to_json(limit.after))
                                                    .str();
    }
    output.json_line(JsonObject()
                         .add("events", comparison.events)
                         .add("deadLetters", comparison.letters)
                         .add("takenOtherwise", comparison.taken_otherwise())
                         .raw("ways", '[' + ways + ']')
                         .add("limitsChanged", comparison.limits.count)
                         .raw("limits", '[' + limits + ']')
                         .str());
  }

  Outcome<void> judge(Output& output, const Comparison& comparison) const {
    output.info(counted(comparison.events, "event") + " and " + counted(comparison.letters, "open dead letter") + ": " +
                count(comparison.taken_otherwise()) + " taken otherwise; nothing was written");
    const std::string would = counted(comparison.limits.count, "limit") + " would end otherwise";
    if (comparison.limits.count > threshold_) {
      return fail(ExitCode::kFailed, would + ", and --threshold allows " + count(threshold_));
    }
    output.info(would);
    return {};
  }

  std::string new_file_;
  std::string events_;
  std::string stream_;
  std::string since_;
  std::string rules_file_ = "properties/rules.json";
  std::int64_t threshold_ = 0;
  KinesisOptions kinesis_;
};

constexpr Example kExamples[] = {
    {.line = "limits rules diff new.json", .says = "what new rules would make of the open dead letters"},
    {.line = "limits rules diff new.json --events events.jsonl && mv new.json properties/rules.json",
     .says = "put them in force only if no limit ends otherwise"},
    {.line = "limits rules diff new.json --stream user-events --since 24h --threshold 10",
     .says = "by a day of what the stream has"},
};

}  // namespace

const CommandEntry kRulesDiff{.name = "rules diff",
                              .summary = "Show what new rules would make otherwise",
                              .examples = kExamples,
                              .make = make_command<RulesDiff>};

}  // namespace cli
