#include "cli/commands.h"
#include "cli/json.h"
#include "cli/listing.h"
#include "cli/text.h"

namespace cli {
namespace {

std::string to_json(const store::HistoryRow& row) {
  return JsonObject()
      .add("aggregateId", row.aggregate_id)
      .add("limitId", row.user_limit_id)
      .add("sequenceNumber", row.sequence)
      .add("eventId", row.event_id)
      .add("type", row.type)
      .add("handler", row.handler)
      .add("createdAt", row.created_at)
      .add("progressAfter", row.progress_after)
      .raw("fields", row.fields)
      .add("changeId", row.change_id)
      .add("stream", row.stream)
      .add("shard", row.shard)
      .add("kinesisSequenceNumber", row.kinesis_sequence)
      .add("kinesisSubSequenceNumber", row.sub_sequence)
      .add("arrivedAt", row.arrival_ms)
      .add("rulesVersion", row.rules_version)
      .str();
}

std::vector<Column> columns() {
  using enum Column::Align;
  return {{.title = "SEQUENCE", .align = kRight}, {.title = "CREATED"}, {.title = "EVENT"}, {.title = "TYPE"},
          {.title = "PROGRESS", .align = kRight}, {.title = "ARRIVED"}};
}

std::vector<std::string> cells(const store::HistoryRow& row) {
  return {std::to_string(row.sequence),
          utc(row.created_at),
          row.event_id,
          row.type,
          row.progress_after ? money(*row.progress_after, "") : "-",
          utc(row.arrival_ms)};
}

class History final : public Command {
 public:
  void declare(Arguments& arguments) override { arguments.required("ID", id_, "The limit's id"); }

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto rows = (*reader)->history(id_);
    if (!rows) return store_failure(rows.error());
    if (rows->empty()) {
      return fail(ExitCode::kNotFound, "there is no history of a limit " + id_ + "; see: limits list");
    }
    const auto walk_over = [&rows](const auto& visit) -> store::Result<void> {
      for (const auto& row : *rows) visit(row);
      return {};
    };
    const auto printed =
        print<store::HistoryRow>(context.output, {.columns = columns(), .cells = cells, .json = to_json}, walk_over);
    if (!printed) return std::unexpected(printed.error());
    return {};
  }

 private:
  std::string id_;
};

constexpr Example kExamples[] = {
    {.line = "limits history limit-day-1", .says = "a limit's events, in the order of its sequence"},
};

}  // namespace

const CommandEntry kHistory{.name = "history",
                            .summary = "Show the events of a limit, oldest first",
                            .examples = kExamples,
                            .make = make_command<History>};

}  // namespace cli
