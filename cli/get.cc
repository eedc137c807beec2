#include "cli/commands.h"
#include "cli/limit_view.h"
#include "cli/table.h"
#include "cli/text.h"

namespace cli {
namespace {

class Get final : public Command {
 public:
  void declare(Arguments& arguments) override { arguments.required("ID", id_, "The limit's id"); }

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto limits = (*reader)->get(id_);
    if (!limits) return store_failure(limits.error());
    if (limits->empty()) return not_found(**reader);
    if (limits->size() > 1) return print_ambiguous(context.output, *limits);
    if (context.output.json()) {
      context.output.json_line(limits::to_json(limits->front()));
    } else {
      print_limit(context.output, limits->front());
    }
    context.output.hint("limits history " + id_);
    return {};
  }

 private:
  /// A limit without a definition is known, only not shown.
  Outcome<void> not_found(store::Reader& reader) const {
    bool parked = false;
    const auto read = reader.each_parked([&](const store::ParkedLimit& limit) {
      parked = limit.user_limit_id == id_;
      return !parked;
    });
    if (!read) return store_failure(read.error());
    return fail(ExitCode::kNotFound,
                "there is no limit " + id_ +
                    (parked ? ": it is parked, its definition has not come yet; see: limits parked list"
                            : ", or its first event has not come yet; see: limits list"));
  }

  Outcome<void> print_ambiguous(Output& output, const std::vector<limits::UserLimit>& found) const {
    if (output.json()) {
      JsonArray array(output);
      for (const auto& limit : found) array.add(limits::to_json(limit));
      array.finish();
    } else {
      for (const auto& limit : found) {
        if (&limit != &found.front()) output.line("");
        print_limit(output, limit);
      }
    }
    return fail(ExitCode::kFailed, "finding foreign_aggregate: " + std::to_string(found.size()) +
                                       " aggregates have a limit " + id_ + ", and an id should be one aggregate's");
  }

  std::string id_;
};

constexpr Example kExamples[] = {
    {.line = "limits get limit-day-1", .says = "how a limit stands"},
    {.line = "limits get limit-day-1 --json", .says = "the same for a program"},
};

}  // namespace

const CommandEntry kGet{
    .name = "get", .summary = "Show how a limit stands", .examples = kExamples, .make = make_command<Get>};

}  // namespace cli
