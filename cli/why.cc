#include <algorithm>

#include "cli/commands.h"
#include "cli/standings.h"
#include "cli/table.h"
#include "cli/text.h"
#include "store/json.h"

namespace cli {
namespace {

/// A field's value for people.
struct Shown {
  std::string_view field;
  std::string (*value)(const limits::UserLimit&);
};

constexpr Shown kShown[] = {
    {"progress", [](const limits::UserLimit& limit) { return money(limit.progress, limit.currency_code); }},
    {"nextResetTime", [](const limits::UserLimit& limit) { return utc(limit.next_reset_time); }},
    {"value", [](const limits::UserLimit& limit) { return money(limit.value, limit.currency_code); }},
    {"status", [](const limits::UserLimit& limit) { return std::string(to_string(limit.status)); }},
    {"previousLimitValue",
     [](const limits::UserLimit& limit) {
       return limit.previous_limit_value ? money(*limit.previous_limit_value, limit.currency_code) : "-";
     }},
    {"activeUntil", [](const limits::UserLimit& limit) { return utc(limit.active_until); }},
    {"type", [](const limits::UserLimit& limit) { return std::string(to_string(limit.type)); }},
    {"period", [](const limits::UserLimit& limit) { return std::string(to_string(limit.period)); }},
    {"currencyCode", [](const limits::UserLimit& limit) { return limit.currency_code; }},
    {"userId", [](const limits::UserLimit& limit) { return limit.user_id; }},
    {"brandId", [](const limits::UserLimit& limit) { return limit.brand_id; }},
    {"activeFrom", [](const limits::UserLimit& limit) { return utc(limit.active_from); }},
    {"createdAt", [](const limits::UserLimit& limit) { return utc(limit.created_at); }},
};

class Why final : public Command {
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
    const auto found = standings(**reader, id_, *at);
    if (!found) return std::unexpected(found.error());
    Output& output = context.output;
    const auto printed = print_found(
        output, id_, found->size(), [&](std::size_t i) { return store::to_json((*found)[i], *at, true); },
        [&](std::size_t i) { print(output, (*found)[i], *at); });
    output.hint("limits history " + id_);
    return printed;
  }

 private:
  static void print(Output& output, const store::Standing& standing, std::optional<limits::TimeMs> at) {
    print_sums(output, standing, at);
    output.line("");
    print_fields(output, standing);
    output.line("");
    print_events(output, standing.causes);
    for (const store::Cause& cause : standing.causes) {
      for (const std::string& what : cause.discrepancies) {
        output.warn("event " + cause.event.event_id + " does not agree with those before it: " + what);
      }
    }
  }

  static void print_sums(Output& output, const store::Standing& standing, std::optional<limits::TimeMs> at) {
    const limits::UserLimit& limit = standing.limit.state;
    const std::string value = money(limit.value, limit.currency_code);
    const std::string progress = money(limit.progress, limit.currency_code);
    std::vector<std::pair<std::string_view, std::string>> lines{{"Limit", limit.user_limit_id},
                                                                {"User", limit.user_id}};
    if (limit.aggregate_id != limit.user_id) lines.emplace_back("Aggregate", limit.aggregate_id);
    if (at) lines.emplace_back("As of", utc(at->value));
    const auto step = std::ranges::find_if(
        standing.causes, [](const store::Cause& cause) { return cause.progress_before || cause.amount; });
    if (step != standing.causes.end()) lines.emplace_back("Progress", sum_of(*step, limit.currency_code));
    if (const auto rest = limits::remaining(limit)) {
      lines.emplace_back("Left", value + " - " + progress + " = " + money(*rest, limit.currency_code));
    }
    lines.emplace_back("Resets", utc(limit.next_reset_time));
    Table::card(output, lines);
  }

  /// "10 EUR + 5 EUR = 15 EUR", or "10 EUR before, then 0 EUR"
  static std::string sum_of(const store::Cause& cause, const std::string& currency) {
    const std::string after = money(cause.event.progress_after.value_or(""), currency);
    const std::string before = money(cause.progress_before.value_or(""), currency);
    if (cause.amount) return before + " + " + money(*cause.amount, currency) + " = " + after;
    return before + " before, set to " + after;
  }

  static void print_fields(Output& output, const store::Standing& standing) {
    Table table(output, {{.title = "FIELD"},
                         {.title = "VALUE"},
                         {.title = "SET BY"},
                         {.title = "SEQUENCE", .align = Column::Align::kRight}});
    for (const Shown& shown : kShown) {
      for (const store::Cause& cause : standing.causes) {
        if (std::ranges::find(cause.sets, shown.field) == cause.sets.end()) continue;
        table.row({std::string(shown.field), shown.value(standing.limit.state), cause.event.event_id,
                   std::to_string(cause.event.sequence)});
      }
    }
    table.finish();
  }

  static void print_events(Output& output, const std::vector<store::Cause>& causes) {
    constexpr std::size_t kTellsVersions = 12;
    Table table(output, {{.title = "SEQUENCE", .align = Column::Align::kRight},
                         {.title = "EVENT"},
                         {.title = "TYPE"},
                         {.title = "CREATED"},
                         {.title = "ARRIVED"},
                         {.title = "SHARD"},
                         {.title = "RULES"}});
    for (const auto& [event, sets, before, amount, discrepancies] : causes) {
      table.row({std::to_string(event.sequence), event.event_id, event.type, utc(event.created_at),
                 utc(event.arrival_ms), event.stream + '/' + event.shard,
                 event.rules_version.substr(0, kTellsVersions)});
    }
    table.finish();
  }

  std::string id_;
  PointInTime at_;
};

constexpr Example kExamples[] = {
    {.line = "limits why limit-day-1", .says = "the event behind each field of a limit"},
    {.line = "limits why limit-day-1 --at \"2h ago\"", .says = "behind each field as it was then"},
    {.line = "limits why limit-day-1 --json | jq '.explanation[0]'", .says = "the newest of these events, whole"},
};

}  // namespace

const CommandEntry kWhy{.name = "why",
                        .summary = "Show which events made a limit what it is, or was",
                        .examples = kExamples,
                        .make = make_command<Why>};

}  // namespace cli
