#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "aws/kinesis.h"
#include "cli/commands.h"
#include "cli/event_account.h"
#include "cli/json.h"
#include "cli/rehearsal.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/whole_file.h"
#include "processor/rules_file.h"

namespace cli {
namespace {

/// What the store would make of it.
struct Effect {
  store::Verdict verdict{};
  Rehearsal::Standing before;
  Rehearsal::Standing after;
};

Outcome<Effect> effect_of(const limits::Change& change, store::Reader& reader) {
  Rehearsal rehearsal(reader);
  const std::vector<store::Retry> retries{{.id = 0, .outcome = change}};
  const auto report = rehearsal.play({.shard = {.stream = "explain", .shard = "explain"},
                                      .rules_version = {},
                                      .now = wall_clock(),
                                      .retries = retries});
  if (!report) return std::unexpected(report.error());
  const auto standings = rehearsal.before_and_after(change.key);
  if (!standings) return std::unexpected(standings.error());
  const auto history = reader.history(change.key.user_limit_id);
  if (!history) return store_failure(history.error());
  Effect effect{.before = standings->first, .after = standings->second};
  for (std::size_t i = 0; i < store::kVerdictCount; ++i) {
    if (report->verdicts[static_cast<store::Verdict>(i)] > 0) effect.verdict = static_cast<store::Verdict>(i);
  }
  // The copy has no history, and so takes most repeats for stale.
  const bool is_known = std::ranges::any_of(*history, [&](const store::HistoryRow& row) {
    return row.aggregate_id == change.key.aggregate_id && row.sequence == change.stamp.sequence.value &&
           row.event_id == change.stamp.event_id;
  });
  if (is_known) effect.verdict = store::Verdict::kDuplicate;
  return effect;
}

/// All that there is to say of one event.
struct Explanation {
  EventAccount account;
  std::optional<Effect> effect = {};

  [[nodiscard]] std::string_view verdict() const {
    if (!account.outcome) return to_string(store::Verdict::kDead);
    if (!*account.outcome) return to_string(store::Verdict::kIgnored);
    return effect ? to_string(effect->verdict) : "";
  }
};

class RulesExplain final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.required("FILE", file_, "The event, as JSON; - reads standard input");
    arguments.option("--rules", "FILE", rules_file_, "The rules to go by (default: properties/rules.json)");
  }

  Outcome<void> run(Context& context) override {
    const auto rules = processor::load_rules(rules_file_);
    if (!rules) return fail(ExitCode::kFailed, rules.error());
    const auto event = read_whole(file_, aws::kMostBytesPerRecord);
    if (!event) return fail(ExitCode::kFailed, event.error().what + ". Name a file with one event");
    Accountant accountant;
    Explanation explanation{.account = accountant.account_for(*event, *rules)};
    const auto& outcome = explanation.account.outcome;
    if (outcome && *outcome) {
      const auto reader = context.open_reader();
      if (reader) {
        auto effect = effect_of(**outcome, **reader);
        if (!effect) return std::unexpected(effect.error());
        explanation.effect = std::move(*effect);
      } else {
        context.output.warn("what the event would change cannot be said: " + reader.error().what);
      }
    }
    context.output.json() ? print_json(context.output, explanation) : print(context.output, explanation);
    if (outcome) return {};
    return fail(ExitCode::kFailed, "it would become a dead letter");
  }

 private:
  static void print(Output& output, const Explanation& explanation) {
    const EventAccount& account = explanation.account;
    for (std::size_t i = 0; i < account.routing.refusals.size(); ++i) {
      output.line(rule_at(i) + ": no, " + printable(account.routing.refusals[i]));
    }
    if (account.routing.route != nullptr) output.line(account.rule() + ": yes");
    std::vector<std::pair<std::string_view, std::string>> lines{{"Event", account.event_id}, {"Type", account.type}};
    if (!account.outcome) {
      lines.emplace_back("Reason", to_string(account.outcome.error().reason));
      lines.emplace_back("What", account.outcome.error().what);
    } else if (const auto& change = *account.outcome) {
      lines.emplace_back("Handler", change->handler);
      lines.emplace_back("It gets", handled_event(*change));
      lines.emplace_back("Limit", change->key.user_limit_id);
    }
    if (explanation.effect) {
      lines.emplace_back("Before", Rehearsal::describe(explanation.effect->before));
      lines.emplace_back("After", Rehearsal::describe(explanation.effect->after));
    }
    if (!explanation.verdict().empty()) lines.emplace_back("Verdict", explanation.verdict());
    Table::card(output, lines);
  }

  static void print_json(Output& output, const Explanation& explanation) {
    const EventAccount& account = explanation.account;
    std::string refusals;
    for (std::size_t i = 0; i < account.routing.refusals.size(); ++i) {
      refusals += refusals.empty() ? "" : ",";
      refusals += JsonObject().add("rule", rule_at(i)).add("whyNot", account.routing.refusals[i]).str();
    }
    JsonObject object;
    object.add("eventId", account.event_id).add("type", account.type).raw("refusals", '[' + refusals + ']');
    if (account.routing.route != nullptr) object.add("rule", account.rule());
    if (!account.outcome) {
      object.add("reason", to_string(account.outcome.error().reason)).add("what", account.outcome.error().what);
    } else if (const auto& change = *account.outcome) {
      object.add("handler", change->handler).raw("event", handled_event(*change));
    }
    if (explanation.effect) {
      object.raw("before", Rehearsal::to_json(explanation.effect->before));
      object.raw("after", Rehearsal::to_json(explanation.effect->after));
    }
    if (!explanation.verdict().empty()) object.add("verdict", explanation.verdict());
    output.json_line(object.str());
  }

  std::string file_;
  std::string rules_file_ = "properties/rules.json";
};

constexpr Example kExamples[] = {
    {.line = "limits rules explain event.json", .says = "which rule takes it, and what it would change"},
    {.line = "limits dead show 1 --json | jq -r .raw | limits rules explain - --rules new.json",
     .says = "a dead letter, by rules that are not in force yet"},
};

}  // namespace

const CommandEntry kRulesExplain{.name = "rules explain",
                                 .summary = "Show the way of one event: rule, handler, change, verdict",
                                 .examples = kExamples,
                                 .make = make_command<RulesExplain>};

}  // namespace cli
