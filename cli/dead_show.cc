#include "aws/base64.h"
#include "cli/commands.h"
#include "cli/dead_letters.h"
#include "cli/excerpt.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/text.h"
#include "limits/explanation.h"
#include "store/json.h"

namespace cli {
namespace {

std::string to_json(const limits::Explanation& explanation) {
  JsonObject object;
  object.add("place", explanation.place).add("offset", explanation.offset).add("bytes", explanation.size);
  if (!explanation.expected.empty()) object.add("expected", explanation.expected);
  if (!explanation.found.empty()) object.add("found", explanation.found);
  if (!explanation.nearest.empty()) object.add("nearest", explanation.nearest);
  return object.str();
}

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
    if (!row) return no_dead_letter(id_);
    const auto explanation = limits::explain(row->raw, {row->reason, row->what});
    if (context.output.json()) {
      std::string base64;
      aws::append_base64(base64, row->raw);
      JsonObject object = store::as_json(*row);
      object.add("raw", row->raw).add("rawBase64", base64);
      if (explanation) object.raw("explanation", to_json(*explanation));
      context.output.json_line(object.str());
      return {};
    }
    print_card(context.output, *row);
    if (explanation) print_explanation(context.output, row->raw, *explanation);
    if (row->state == store::LetterState::kOpen) {
      context.output.hint("limits dead replay " + std::to_string(id_) + " --dry-run");
    }
    return {};
  }

 private:
  static void print_card(Output& output, const store::DeadLetterRow& row) {
    std::vector<std::pair<std::string_view, std::string>> lines{
        {"Dead letter", std::to_string(row.id)},
        {"State", std::string(to_string(row.state)) + (row.handled_at ? ", " + utc(row.handled_at) : "")},
        {"Reason", std::string(to_string(row.reason))},
        {"What", row.what},
        {"Shard", row.stream + '/' + row.shard},
        {"Sequence", row.kinesis_sequence + ", sub-sequence " + std::to_string(row.sub_sequence)},
        {"Arrived", utc(row.arrival_ms)},
        {"Seen", counted(row.seen, "time")},
        {"Replayed", counted(row.attempts, "time")},
        {"Rules", row.rules_version},
        {"Raw", row.raw}};
    if (row.retry_what) lines.insert(lines.end() - 2, {"Last replay", *row.retry_what});
    Table::card(output, lines);
  }

  static void print_explanation(Output& output, std::string_view raw, const limits::Explanation& explanation) {
    const Excerpt excerpt = excerpt_at(raw, explanation.offset, explanation.size, output.width().value_or(kUsualWidth));
    output.line("");
    output.line(excerpt.line);
    output.line(excerpt.carets);
    std::vector<std::pair<std::string_view, std::string>> lines{{"Place", explanation.place}};
    if (!explanation.expected.empty()) lines.emplace_back("Expected", explanation.expected);
    if (!explanation.found.empty()) lines.emplace_back("Found", explanation.found);
    if (!explanation.nearest.empty()) lines.emplace_back("Nearest", explanation.nearest);
    Table::card(output, lines);
  }

  static constexpr std::size_t kUsualWidth = 100;
  std::int64_t id_ = 0;
};

constexpr Example kExamples[] = {
    {.line = "limits dead show 1", .says = "all about one: its bytes, and the place where they are wrong"},
    {.line = "limits dead show 1 --json | jq -r .rawBase64 | base64 -d", .says = "its exact bytes"},
};

}  // namespace

const CommandEntry kDeadShow{.name = "dead show",
                             .summary = "Show a record that could not be applied, and where it is wrong",
                             .examples = kExamples,
                             .make = make_command<DeadShow>};

}  // namespace cli
