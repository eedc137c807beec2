#include "cli/commands.h"
#include "cli/dead_letters.h"
#include "cli/listing.h"
#include "cli/text.h"
#include "store/json.h"

namespace cli {
namespace {

std::vector<Column> columns() {
  using enum Column::Align;
  return {{.title = "ID", .align = kRight},
          {.title = "STATE"},
          {.title = "REASON"},
          {.title = "SEEN", .align = kRight},
          {.title = "TRIED", .align = kRight},
          {.title = "ARRIVED"},
          {.title = "WHAT"}};
}

std::vector<std::string> cells(const store::DeadLetterRow& row) {
  return {std::to_string(row.id),
          std::string(to_string(row.state)),
          std::string(to_string(row.reason)),
          count(row.seen),
          count(row.attempts),
          utc(row.arrival_ms),
          row.what};
}

class DeadList final : public Command {
 public:
  void declare(Arguments& arguments) override { filter_.declare_with_state(arguments); }

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    std::int64_t open = 0;
    const auto matching = [&](const store::Visitor<store::DeadLetterRow>& visit) {
      return (*reader)->each_dead_letter([&](const store::DeadLetterRow& row) {
        if (!filter_.matches(row)) return true;
        if (row.state == store::LetterState::kOpen) ++open;
        return visit(row);
      });
    };
    const auto json = [](const store::DeadLetterRow& row) { return store::as_json(row).str(); };
    const auto letters =
        print<store::DeadLetterRow>(context.output, {.columns = columns(), .cells = cells, .json = json}, matching);
    if (!letters) return std::unexpected(letters.error());
    context.output.info(counted(*letters, "dead letter") + (*letters == open ? "" : ", " + count(open) + " open"));
    if (*letters > 0) context.output.hint("limits dead show ID");
    return {};
  }

 private:
  LetterFilter filter_;
};

constexpr Example kExamples[] = {
    {.line = "limits dead list", .says = "records that could not be applied, and why"},
    {.line = "limits dead list --state open --reason unrouted", .says = "those that wait for a rule"},
};

}  // namespace

const CommandEntry kDeadList{.name = "dead list",
                             .summary = "List the records that could not be applied",
                             .examples = kExamples,
                             .make = make_command<DeadList>};

}  // namespace cli
