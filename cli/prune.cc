#include <optional>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/text.h"
#include "limits/wording.h"

namespace cli {
namespace {

class Prune final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.option("--older-than", "AGE", age_, "How long ago an event must have arrived, to go: 90d, 36h, 30m, 45s");
    arguments.flag("--dry-run", dry_run_, "Count what would go, and write nothing");
  }

  Outcome<void> run(Context& context) override {
    const auto age_ms = read_duration(age_);
    if (!age_ms) return refuse_age();
    const auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const limits::TimeMs since{wall_clock().value - *age_ms};
    const auto first_kept = (*reader)->first_change_since(since);
    if (!first_kept) return store_failure(first_kept.error());
    context.output.debug("what arrived before " + utc(since.value) + " is old: the changes below " +
                         std::to_string(*first_kept));
    return dry_run_ ? rehearse(context.output, **reader, since, *first_kept) : prune(context, since, *first_kept);
  }

 private:
  [[nodiscard]] std::unexpected<Failure> refuse_age() const {
    if (age_.empty()) return fail(ExitCode::kUsage, "--older-than is required: how old an event must be, to go: 90d");
    return fail(ExitCode::kUsage,
                "--older-than: expected a number of days, hours, minutes or seconds, like 90d, 36h, 30m, 45s, found " +
                    limits::in_quotes(age_));
  }

  Outcome<void> rehearse(Output& output, store::Reader& reader, limits::TimeMs since, std::int64_t first_kept) const {
    std::int64_t events = 0;
    std::int64_t limits = 0;
    {
      Progress progress(output, "counting", 0);
      std::int64_t seen = 0;
      const auto counted_all = reader.each_kept_limit({}, [&](const store::KeptLimit& limit) {
        const std::int64_t of_this = store::prunable(limit, first_kept);
        events += of_this;
        limits += of_this > 0 ? 1 : 0;
        ++seen;
        progress.show(seen, counted(seen, "limit"));
        return true;
      });
      if (!counted_all) return store_failure(counted_all.error());
    }
    if (output.json()) {
      output.json_line(
          JsonObject().add("arrivedBefore", since.value).add("wouldPrune", events).add("limits", limits).str());
    }
    output.info(counted(events, "event") + " of " + counted(limits, "limit") + " would be pruned; nothing was written");
    output.hint("limits prune --older-than " + age_);
    return {};
  }

  Outcome<void> prune(Context& context, limits::TimeMs since, std::int64_t first_kept) const {
    const auto store = context.open_store();
    if (!store) return std::unexpected(store.error());
    const auto pruned = [&] {
      std::optional<Progress> bar;
      return (*store)->prune(first_kept, [&](std::int64_t done, std::int64_t total) {
        if (!bar) bar.emplace(context.output, "pruning", total);
        bar->show(done, counted(done, "event") + " looked at");
        return true;
      });
    }();
    if (!pruned) return store_failure(pruned.error());
    if (context.output.json()) {
      context.output.json_line(JsonObject().add("arrivedBefore", since.value).add("pruned", *pruned).str());
    }
    context.output.info(counted(*pruned, "event") + " older than " + age_ + " pruned; the state is as it was");
    context.output.hint("limits verify");
    return {};
  }

  std::string age_;
  bool dry_run_ = false;
};

constexpr Example kExamples[] = {
    {.line = "limits prune --older-than 90d --dry-run", .says = "how many events would go"},
    {.line = "limits prune --older-than 90d", .says = "take them out of the history; limits stay as they are"},
};

}  // namespace

const CommandEntry kPrune{.name = "prune",
                          .summary = "Take old events out of the history",
                          .examples = kExamples,
                          .make = make_command<Prune>};

}  // namespace cli
