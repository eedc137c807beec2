#include <array>

#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/text.h"
#include "limits/csv.h"

namespace cli {
namespace {

constexpr std::array<std::string_view, 4> kFormats{"table", "json", "ndjson", "csv"};

class List final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.option("--user", "USER", user_, "Only the limits of this user");
    arguments.option("--brand", "BRAND", brand_, "Only those of this brand");
    arguments.word_option("--type", "TYPE", limits::words<limits::LimitType>(), type_,
                          "Only those of this type: DEPOSIT, LOSS, ...");
    arguments.word_option("--period", "PERIOD", limits::words<limits::Period>(), period_,
                          "Only those of this period: DAY, CALENDAR_WEEK, ...");
    arguments.word_option("--status", "STATUS", limits::words<limits::Status>(), status_,
                          "Only those with this status: ACTIVE, FUTURE, ...");
    arguments.word_option("-o,--output", "FORMAT", kFormats, format_,
                          "table (the default), json (as --json), ndjson (an object per line) or csv");
  }

  Outcome<void> run(Context& context) override {
    if (context.output.json()) {
      if (!format_.empty() && format_ != "json") {
        return fail(ExitCode::kUsage, "--json asks for JSON and --output for " + format_ + ": leave one of them out");
      }
    } else if (format_ == "json") {
      context.output.set_json(true);
    }
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto limits = print(context.output, **reader);
    if (!limits) return std::unexpected(limits.error());
    context.output.info(counted(*limits, "limit") + (user_.empty() ? "" : " of " + user_));
    if (*limits > 0 && format_.empty()) context.output.hint("limits get ID");
    return {};
  }

 private:
  Outcome<std::int64_t> print(Output& output, store::Reader& reader) const {
    if (format_ == "ndjson") {
      return print_lines(reader, [&](const limits::UserLimit& limit) { output.json_line(limits::to_json(limit)); });
    }
    if (format_ == "csv") {
      output.line(limits::kCsvHeader);
      return print_lines(reader, [&](const limits::UserLimit& limit) { output.data_line(limits::to_csv(limit)); });
    }
    return cli::print<limits::UserLimit>(output, {.columns = columns(), .cells = cells, .json = limits::to_json},
                                         [&](const auto& visit) { return each_limit(reader, visit); });
  }

  /// How many there were.
  Outcome<std::int64_t> print_lines(store::Reader& reader,
                                    const std::function<void(const limits::UserLimit&)>& print_line) const {
    std::int64_t lines = 0;
    const auto read = each_limit(reader, [&](const limits::UserLimit& limit) {
      print_line(limit);
      ++lines;
      return true;
    });
    if (!read) return store_failure(read.error());
    return lines;
  }

  /// Page by page: whoever reads the list at his leisure does not keep the store's log from being copied.
  store::Result<void> each_limit(store::Reader& reader, const store::Visitor<limits::UserLimit>& visit) const {
    constexpr std::size_t kPage = 1000;
    const store::LimitFilter filter{
        .user_id = user_.empty() ? std::nullopt : std::optional(user_),
        .brand_id = brand_.empty() ? std::nullopt : std::optional(brand_),
        .type = limits::from_word<limits::LimitType>(type_),
        .period = limits::from_word<limits::Period>(period_),
        .status = limits::from_word<limits::Status>(status_),
    };
    std::optional<store::LimitPlace> after;
    do {
      auto page = reader.limits_after(after, filter, kPage);
      if (!page) return std::unexpected(page.error());
      for (const limits::UserLimit& limit : page->limits) visit(limit);
      after = std::move(page->next);
    } while (after);
    return {};
  }

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
  std::string brand_;
  std::string type_;
  std::string period_;
  std::string status_;
  std::string format_;
};

constexpr Example kExamples[] = {
    {.line = "limits list", .says = "all limits, ordered by user"},
    {.line = "limits list --user user-7f3k", .says = "one user's"},
    {.line = "limits list --type DEPOSIT --status ACTIVE -o csv >limits.csv",
     .says = "some of them, for a spreadsheet"},
    {.line = "limits list -o ndjson | jq .progress", .says = "for a program, line by line"},
};

}  // namespace

const CommandEntry kList{.name = "list", .summary = "List limits", .examples = kExamples, .make = make_command<List>};

}  // namespace cli
