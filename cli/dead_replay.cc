#include <utility>

#include "cli/commands.h"
#include "cli/dead_letters.h"
#include "cli/json.h"
#include "cli/letter_run.h"
#include "cli/rehearsal.h"
#include "cli/tally.h"
#include "cli/text.h"
#include "processor/rules_file.h"

namespace cli {
namespace {

class DeadReplay final : public Command {
 public:
  void declare(Arguments& arguments) override {
    choice_.declare(arguments);
    arguments.flag("--dry-run", dry_run_, "Show what would change, and write nothing");
    arguments.option("--rules", "FILE", rules_file_, "The rules to go by (default: properties/rules.json)");
  }

  Outcome<void> run(Context& context) override {
    const auto rules = processor::load_rules(rules_file_);
    if (!rules) return fail(ExitCode::kFailed, rules.error());
    const auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto ids = choice_.open_letters(**reader, context.output);
    if (!ids) return std::unexpected(ids.error());
    LetterRun letters(**reader, *rules);
    return dry_run_ ? rehearse(context.output, **reader, letters, *ids) : replay(context, letters, *ids);
  }

 private:
  static Outcome<void> rehearse(Output& output, store::Reader& reader, LetterRun& letters,
                                std::span<const std::int64_t> ids) {
    Rehearsal rehearsal(reader);
    auto played = letters.run(ids, output, "rehearsing", [&](const store::Replay& replay) -> Outcome<void> {
      const auto report = rehearsal.play(replay);
      if (!report) return std::unexpected(report.error());
      return {};
    });
    if (!played) return played;
    return rehearsal.tell(output);
  }

  static Outcome<void> replay(Context& context, LetterRun& letters, std::span<const std::int64_t> ids) {
    const auto store = context.open_store();
    if (!store) return std::unexpected(store.error());
    store::ReplayReport all;
    auto played = letters.run(ids, context.output, "replaying", [&](const store::Replay& replay) -> Outcome<void> {
      const auto report = (*store)->replay(replay);
      if (!report) return store_failure(report.error());
      all.applied.verdicts += report->applied.verdicts;
      all.not_open += report->not_open;
      return {};
    });
    if (!played) return played;
    return tell(context.output, all);
  }

  static Outcome<void> tell(Output& output, const store::ReplayReport& report) {
    store::Tally verdicts = report.applied.verdicts;
    const std::int64_t failed = std::exchange(verdicts[store::Verdict::kDead], 0);
    const std::int64_t replayed = verdicts.total();
    JsonObject by_verdict;
    for (std::size_t i = 0; i < store::kVerdictCount; ++i) {
      const auto verdict = static_cast<store::Verdict>(i);
      if (verdict == store::Verdict::kDead) continue;
      by_verdict.add(to_string(verdict), verdicts[verdict]);
    }
    if (output.json()) {
      output.json_line(JsonObject()
                           .add("replayed", replayed)
                           .add("failedAgain", failed)
                           .add("settledByOthers", report.not_open)
                           .raw("verdicts", by_verdict.str())
                           .str());
    }
    output.info(counted(replayed, "dead letter") + " replayed" + (replayed > 0 ? ": " + counts_of(verdicts) : ""));
    if (report.not_open > 0) output.warn(count(report.not_open) + " were settled by somebody else meanwhile");
    if (failed == 0) return {};
    output.hint("limits dead show ID");
    return fail(ExitCode::kFailed, counted(failed, "dead letter") + " failed again: still open, one attempt more");
  }

  LetterChoice choice_;
  bool dry_run_ = false;
  std::string rules_file_ = "properties/rules.json";
};

constexpr Example kExamples[] = {
    {.line = "limits dead replay --reason unrouted --dry-run", .says = "after a new rule: what would change"},
    {.line = "limits dead replay --reason unrouted", .says = "do it; what fails again stays open"},
    {.line = "limits dead replay 7 9 --rules my-rules.json", .says = "two of them, by rules of your own"},
};

}  // namespace

const CommandEntry kDeadReplay{.name = "dead replay",
                               .summary = "Apply records that could not be applied before",
                               .examples = kExamples,
                               .make = make_command<DeadReplay>};

}  // namespace cli
