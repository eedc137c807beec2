#include <algorithm>

#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/text.h"
#include "store/json.h"

namespace cli {
namespace {

struct Shown {
  const store::HistoryRow& row;
  bool gap_before;  ///< events that stood right before it may have been pruned
};

std::string to_json(const Shown& shown) {
  limits::JsonObject object = store::as_json(shown.row);
  if (shown.gap_before) object.raw("gapBefore", "true");
  return object.str();
}

std::vector<Column> columns() {
  using enum Column::Align;
  return {{.title = "SEQUENCE", .align = kRight}, {.title = "CREATED"}, {.title = "EVENT"}, {.title = "TYPE"},
          {.title = "PROGRESS", .align = kRight}, {.title = "ARRIVED"}};
}

std::vector<std::string> cells(const Shown& shown) {
  const store::HistoryRow& row = shown.row;
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
    // Afterwards: of what was pruned meanwhile, too much is said rather than too little.
    const auto limits = kept_limits(**reader);
    if (!limits) return std::unexpected(limits.error());
    const auto walk_over = [&](const auto& visit) -> store::Result<void> {
      for (const store::HistoryRow& row : *rows) visit({.row = row, .gap_before = is_gap_before(row, *limits)});
      return {};
    };
    const auto printed =
        print<Shown>(context.output, {.columns = columns(), .cells = cells, .json = to_json}, walk_over);
    if (!printed) return std::unexpected(printed.error());
    for (const store::KeptLimit& limit : *limits) {
      if (!limit.floor) continue;
      context.output.info("old events were pruned: up to sequence number " + std::to_string(limit.floor->sequence) +
                          " (" + limit.floor->event_id + ") only those that the state rests upon are sure to be left");
    }
    return {};
  }

 private:
  /// Without their history.
  [[nodiscard]] Outcome<std::vector<store::KeptLimit>> kept_limits(store::Reader& reader) const {
    std::vector<store::KeptLimit> limits;
    const auto read = reader.each_kept_limit({.user_limit_id = id_, .history = false}, [&](const auto& limit) {
      limits.push_back(limit);
      return true;
    });
    if (!read) return store_failure(read.error());
    return limits;
  }
  static bool is_gap_before(const store::HistoryRow& row, const std::vector<store::KeptLimit>& limits) {
    return std::ranges::any_of(limits, [&](const store::KeptLimit& limit) {
      return limit.state.aggregate_id == row.aggregate_id && limit.may_lack_events_before(row);
    });
  }

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
