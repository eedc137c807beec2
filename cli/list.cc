#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/text.h"

namespace cli {
namespace {

class List final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.option("--user", "USER", user_, "Only the limits of this user");
  }

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    store::LimitFilter filter;
    if (!user_.empty()) filter.user_id = user_;
    const auto limits =
        print<limits::UserLimit>(context.output, {.columns = columns(), .cells = cells, .json = limits::to_json},
                                 [&](const auto& visit) { return (*reader)->each_limit(filter, visit); });
    if (!limits) return std::unexpected(limits.error());
    context.output.info(counted(*limits, "limit") + (user_.empty() ? "" : " of " + user_));
    if (*limits > 0) context.output.hint("limits get ID");
    return {};
  }

 private:
  static std::vector<Column> columns() {
    using enum Column::Align;
    return {{.title = "LIMIT"},
            {.title = "USER"},
            {.title = "TYPE"},
            {.title = "PERIOD"},
            {.title = "STATUS"},
            {.title = "VALUE", .align = kRight},
            {.title = "PROGRESS", .align = kRight},
            {.title = "RESETS"}};
  }

  static std::vector<std::string> cells(const limits::UserLimit& limit) {
    return {limit.user_limit_id,
            limit.user_id,
            std::string(to_string(limit.type)),
            std::string(to_string(limit.period)),
            std::string(to_string(limit.status)),
            money(limit.value, limit.currency_code),
            money(limit.progress, limit.currency_code),
            utc(limit.next_reset_time)};
  }

  std::string user_;
};

constexpr Example kExamples[] = {
    {.line = "limits list", .says = "all limits, ordered by user"},
    {.line = "limits list --user user-7f3k", .says = "one user's"},
    {.line = "limits list --json | jq '.[] | select(.status == \"ACTIVE\")'", .says = "for a program"},
};

}  // namespace

const CommandEntry kList{.name = "list", .summary = "List limits", .examples = kExamples, .make = make_command<List>};

}  // namespace cli
