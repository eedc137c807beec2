#include "cli/commands.h"
#include "cli/limit_view.h"
#include "cli/standings.h"
#include "store/json.h"

namespace cli {
namespace {

class Get final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.required("ID", id_, "The limit's id");
    at_.declare(arguments);
  }

  Outcome<void> run(Context& context) override {
    const auto at = at_.read();
    if (!at) return std::unexpected(at.error());
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto printed = *at ? print_past(context.output, **reader, **at) : print_present(context.output, **reader);
    if (printed) context.output.hint("limits why " + id_);
    return printed;
  }

 private:
  [[nodiscard]] Outcome<void> print_present(Output& output, store::Reader& reader) const {
    const auto limits = reader.get(id_);
    if (!limits) return store_failure(limits.error());
    if (limits->empty()) return not_found(reader);
    return print_found(
        output, id_, limits->size(), [&](std::size_t i) { return limits::to_json((*limits)[i]); },
        [&](std::size_t i) { print_limit(output, (*limits)[i]); });
  }

  [[nodiscard]] Outcome<void> print_past(Output& output, store::Reader& reader, limits::TimeMs at) const {
    const auto past = standings(reader, id_, at);
    if (!past) return std::unexpected(past.error());
    return print_found(
        output, id_, past->size(), [&](std::size_t i) { return store::to_json((*past)[i], at, false); },
        [&](std::size_t i) { print_limit(output, (*past)[i].limit.state, at); });
  }

  [[nodiscard]] Outcome<void> not_found(store::Reader& reader) const {
    bool parked = false;
    const auto read = reader.each_kept_limit({.user_limit_id = id_, .history = false}, [&](const store::KeptLimit&) {
      parked = true;
      return false;
    });
    if (!read) return store_failure(read.error());
    return no_limit(id_, parked);
  }

  std::string id_;
  PointInTime at_;
};

constexpr Example kExamples[] = {
    {.line = "limits get limit-day-1", .says = "how a limit stands"},
    {.line = "limits get limit-day-1 --at 2026-03-01T10:00:00Z", .says = "how it stood then"},
    {.line = "limits get limit-day-1 --json", .says = "the same for a program"},
};

}  // namespace

const CommandEntry kGet{
    .name = "get", .summary = "Show how a limit stands, or stood", .examples = kExamples, .make = make_command<Get>};

}  // namespace cli
