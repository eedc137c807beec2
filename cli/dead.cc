#include "aws/base64.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/listing.h"
#include "cli/text.h"
#include "limits/fault.h"

namespace cli {
namespace {

JsonObject as_object(const store::DeadLetterRow& row) {
  JsonObject object;
  object.add("id", row.id)
      .add("state", to_string(row.state))
      .add("reason", to_string(row.reason))
      .add("what", row.what)
      .add("bytes", row.raw.size())
      .add("stream", row.stream)
      .add("shard", row.shard)
      .add("sequenceNumber", row.kinesis_sequence)
      .add("subSequenceNumber", row.sub_sequence)
      .add("arrivedAt", row.arrival_ms)
      .add("seen", row.seen)
      .add("rulesVersion", row.rules_version);
  return object;
}

std::vector<Column> columns() {
  using enum Column::Align;
  return {{.title = "ID", .align = kRight},   {.title = "STATE"},   {.title = "REASON"},
          {.title = "SEEN", .align = kRight}, {.title = "ARRIVED"}, {.title = "WHAT"}};
}

std::vector<std::string> cells(const store::DeadLetterRow& row) {
  return {std::to_string(row.id),
          std::string(to_string(row.state)),
          std::string(to_string(row.reason)),
          count(row.seen),
          utc(row.arrival_ms),
          row.what};
}

class DeadList final : public Command {
 public:
  void declare(Arguments&) override {}

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto json = [](const store::DeadLetterRow& row) { return as_object(row).str(); };
    const auto letters =
        print<store::DeadLetterRow>(context.output, {.columns = columns(), .cells = cells, .json = json},
                                    [&](const auto& visit) { return (*reader)->each_dead_letter(visit); });
    if (!letters) return std::unexpected(letters.error());
    context.output.info(counted(*letters, "dead letter"));
    if (*letters > 0) context.output.hint("limits dead show ID");
    return {};
  }
};

class DeadShow final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.required_number("ID", id_, "The number that `limits dead list` shows");
  }

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto found = (*reader)->dead_letter(id_);
    if (!found) return store_failure(found.error());
    const std::optional<store::DeadLetterRow>& row = *found;
    if (!row) {
      return fail(ExitCode::kNotFound, "there is no dead letter " + std::to_string(id_) + "; see: limits dead list");
    }
    if (context.output.json()) {
      std::string base64;
      aws::append_base64(base64, row->raw);
      context.output.json_line(as_object(*row).add("raw", row->raw).add("rawBase64", base64).str());
    } else {
      print_card(context.output, *row);
    }
    return {};
  }

 private:
  static void print_card(Output& output, const store::DeadLetterRow& row) {
    Table::card(output, {{"Dead letter", std::to_string(row.id)},
                         {"State", std::string(to_string(row.state))},
                         {"Reason", std::string(to_string(row.reason))},
                         {"What", row.what},
                         {"Shard", row.stream + '/' + row.shard},
                         {"Sequence", row.kinesis_sequence + ", sub-sequence " + std::to_string(row.sub_sequence)},
                         {"Arrived", utc(row.arrival_ms)},
                         {"Seen", counted(row.seen, "time")},
                         {"Rules", row.rules_version},
                         {"Raw", row.raw}});
  }

  std::int64_t id_ = 0;
};

constexpr Example kListExamples[] = {
    {.line = "limits dead list", .says = "records that could not be applied, and why"},
};
constexpr Example kShowExamples[] = {
    {.line = "limits dead show 1", .says = "all about one, its bytes included"},
    {.line = "limits dead show 1 --json | jq -r .rawBase64 | base64 -d", .says = "its exact bytes"},
};

}  // namespace

const CommandEntry kDeadList{.name = "dead list",
                             .summary = "List the records that could not be applied",
                             .examples = kListExamples,
                             .make = make_command<DeadList>};
const CommandEntry kDeadShow{.name = "dead show",
                             .summary = "Show a record that could not be applied",
                             .examples = kShowExamples,
                             .make = make_command<DeadShow>};

}  // namespace cli
