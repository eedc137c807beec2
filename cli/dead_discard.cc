#include <algorithm>
#include <span>

#include "cli/commands.h"
#include "cli/dead_letters.h"
#include "cli/json.h"
#include "cli/text.h"

namespace cli {
namespace {

class DeadDiscard final : public Command {
 public:
  void declare(Arguments& arguments) override { choice_.declare(arguments); }

  Outcome<void> run(Context& context) override {
    const auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto ids = choice_.open_letters(**reader, context.output);
    if (!ids) return std::unexpected(ids.error());
    const auto store = context.open_store();
    if (!store) return std::unexpected(store.error());
    const auto discarded = discard(context.output, **store, *ids);
    if (!discarded) return std::unexpected(discarded.error());
    if (context.output.json()) context.output.json_line(JsonObject().add("discarded", *discarded).str());
    context.output.info(counted(*discarded, "dead letter") + " discarded; redelivery opens none again");
    return {};
  }

 private:
  /// So many at once: a transaction holds up the children.
  static constexpr std::size_t kAtOnce = 1000;

  static Outcome<std::int64_t> discard(Output& output, store::Store& store, std::span<const std::int64_t> ids) {
    Progress progress(output, "discarding", std::ssize(ids));
    std::int64_t discarded = 0;
    for (std::size_t done = 0; done < ids.size(); done += kAtOnce) {
      const auto some = store.discard(ids.subspan(done, std::min(kAtOnce, ids.size() - done)), wall_clock());
      if (!some) return store_failure(some.error());
      discarded += *some;
      progress.show(static_cast<std::int64_t>(done), count(discarded));
    }
    return discarded;
  }

  LetterChoice choice_;
};

constexpr Example kExamples[] = {
    {.line = "limits dead discard 7", .says = "settle one that nobody will mend; it stays in the list"},
    {.line = "limits dead discard --reason bad_json", .says = "all open ones that are no JSON"},
};

}  // namespace

const CommandEntry kDeadDiscard{.name = "dead discard",
                                .summary = "Settle records that nobody will mend",
                                .examples = kExamples,
                                .make = make_command<DeadDiscard>};

}  // namespace cli
