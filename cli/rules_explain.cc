#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "aws/record_sender.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/rehearsal.h"
#include "cli/table.h"
#include "cli/text.h"
#include "processor/decision.h"
#include "processor/rules_file.h"

namespace cli {
namespace {

/// A file's bytes as a record has them.
Outcome<std::string> read_event(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& input = path == "-" ? std::cin : file;
  std::string bytes(aws::kMostBytesPerRecord + 1, '\0');
  input.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!input.eof()) {
    const std::string why = input.gcount() > 0 ? "has more bytes than a record can have" : std::strerror(errno);
    return fail(ExitCode::kFailed, path + ": " + why + ". Name a file with one event");
  }
  bytes.resize(static_cast<std::size_t>(input.gcount()));
  return bytes;
}

/// The event as its handler got it: of the payload what the handler reads.
std::string handled_event(const limits::Change& change) {
  return JsonObject()
      .add("aggregateId", change.key.aggregate_id)
      .add("createdAt", change.created_at.value)
      .add("eventId", change.stamp.event_id)
      .raw("payload", change.fields)
      .add("sequenceNumber", change.stamp.sequence.value)
      .add("type", change.type)
      .str();
}

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

std::string rule_at(std::size_t index) {
  return "/rules/" + std::to_string(index);
}

/// All that there is to say of one event.
struct Account {
  std::string event_id;
  std::string type;
  limits::RoutingAccount routing;
  limits::Checked<std::optional<limits::Change>> outcome;
  std::optional<Effect> effect;

  [[nodiscard]] std::string rule() const { return routing.by_default ? "default" : rule_at(routing.refusals.size()); }
  [[nodiscard]] std::string_view verdict() const {
    if (!outcome) return to_string(store::Verdict::kDead);
    if (!*outcome) return to_string(store::Verdict::kIgnored);
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
    const auto event = read_event(file_);
    if (!event) return std::unexpected(event.error());
    const std::string padded = *event + std::string(kcl::Record::kPadding, ' ');
    const kcl::Record record{.data = std::string_view(padded).substr(0, event->size()),
                             .is_base64 = true,
                             .partition_key = "",
                             .position = {"0", 0},
                             .arrival_ms = wall_clock().value};
    Account account = account_for(record, *rules);
    if (account.outcome && *account.outcome) {
      const auto reader = context.open_reader();
      if (reader) {
        auto effect = effect_of(**account.outcome, **reader);
        if (!effect) return std::unexpected(effect.error());
        account.effect = std::move(*effect);
      } else {
        context.output.warn("what the event would change cannot be said: " + reader.error().what);
      }
    }
    context.output.json() ? print_json(context.output, account) : print(context.output, account);
    if (account.outcome) return {};
    return fail(ExitCode::kFailed, "it would become a dead letter");
  }

 private:
  Account account_for(const kcl::Record& record, const limits::Rules& rules) {
    Account account;
    account.outcome = processor::decide(record, rules, reader_, arena_);
    limits::Decoder decoder;
    const auto event = decoder.decode(record.data, arena_);
    if (!event) return account;
    account.event_id = (*event)->event_id;
    account.type = (*event)->type;
    limits::Document document;
    const bool can_be_walked = !document.read(record.data, arena_);
    if (can_be_walked || !rules.candidates(account.type).need_document()) {
      account.routing = rules.account_for(account.type, document);
    }
    return account;
  }

  static void print(Output& output, const Account& account) {
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
    if (account.effect) {
      lines.emplace_back("Before", Rehearsal::describe(account.effect->before));
      lines.emplace_back("After", Rehearsal::describe(account.effect->after));
    }
    if (!account.verdict().empty()) lines.emplace_back("Verdict", account.verdict());
    Table::card(output, lines);
  }

  static void print_json(Output& output, const Account& account) {
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
    if (account.effect) {
      object.raw("before", Rehearsal::to_json(account.effect->before));
      object.raw("after", Rehearsal::to_json(account.effect->after));
    }
    if (!account.verdict().empty()) object.add("verdict", account.verdict());
    output.json_line(object.str());
  }

  std::string file_;
  std::string rules_file_ = "properties/rules.json";
  processor::RecordReader reader_;
  limits::Arena arena_;
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
