#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/text.h"
#include "store/json.h"

namespace cli {
namespace {

std::vector<Column> columns() {
  using enum Column::Align;
  return {{.title = "LIMIT"},
          {.title = "AGGREGATE"},
          {.title = "PROGRESS", .align = kRight},
          {.title = "EVENTS", .align = kRight},
          {.title = "NEWEST"},
          {.title = "SINCE"},
          {.title = "WAITS FOR"}};
}

std::vector<std::string> cells(const store::ParkedLimit& limit) {
  const std::string progress = limit.progress ? money(*limit.progress, "") : "-";
  return {limit.user_limit_id, limit.aggregate_id,          progress, count(limit.events), limit.newest_event_id,
          utc(limit.since_ms), std::string(store::kAwaited)};
}

std::string to_json(const store::ParkedLimit& limit) {
  return store::as_json(limit).str();
}

class ParkedList final : public Command {
 public:
  void declare(Arguments&) override {}

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto limits =
        print<store::ParkedLimit>(context.output, {.columns = columns(), .cells = cells, .json = to_json},
                                  [&](const auto& visit) { return (*reader)->each_parked(visit); });
    if (!limits) return std::unexpected(limits.error());
    context.output.info(*limits == 1 ? "1 limit waits for its USER_LIMIT_CREATED"
                                     : count(*limits) + " limits wait for their USER_LIMIT_CREATED");
    return {};
  }
};

constexpr Example kExamples[] = {
    {.line = "limits parked list", .says = "which limits have progress, but no definition yet"},
};

}  // namespace

const CommandEntry kParkedList{.name = "parked list",
                               .summary = "List limits that wait for their definition",
                               .examples = kExamples,
                               .make = make_command<ParkedList>};

}  // namespace cli
