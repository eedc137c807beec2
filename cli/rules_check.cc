#include <algorithm>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/excerpt.h"
#include "cli/json.h"
#include "cli/text.h"
#include "limits/json_place.h"
#include "limits/rules.h"
#include "processor/rules_file.h"

namespace cli {
namespace {

/// Something in the file, with its place as people count: lines and characters from 1.
struct Remark {
  std::string severity;
  std::string what;
  std::string pointer;
  std::size_t line = 1;
  std::size_t column = 1;
  std::string_view text;  ///< of that line
  limits::JsonPlace at;   ///< in that line
};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

Remark remark_on(const std::string& file, std::string_view text, std::string severity,
                 const limits::RulesFinding& finding) {
  const limits::JsonPlace place = finding.offset
                                      ? limits::JsonPlace{.offset = *finding.offset, .size = 1}
                                      : limits::place_in_json(text, finding.pointer).value_or(limits::JsonPlace());
  const std::size_t start = text.substr(0, place.offset).rfind('\n') + 1;  // 0 if there is none
  const std::string_view line = text.substr(start, text.substr(start).find('\n'));
  const std::size_t offset = place.offset - start;
  std::string_view what = std::string_view(finding.what).substr(file.size() + 2);
  if (finding.offset) what = what.substr(what.find(": ") + 2);  // line and column stand before it already
  return {.severity = std::move(severity),
          .what = std::string(what),
          .pointer = finding.pointer,
          .line = static_cast<std::size_t>(std::ranges::count(text.substr(0, start), '\n')) + 1,
          .column = characters(line.substr(0, offset)) + 1,
          .text = line,
          .at = {.offset = offset, .size = std::min(place.size, line.size() - offset)}};
}

std::string to_json(const Remark& remark) {
  return JsonObject()
      .add("severity", remark.severity)
      .add("line", remark.line)
      .add("column", remark.column)
      .add("pointer", remark.pointer)
      .add("what", remark.what)
      .str();
}

class RulesCheck final : public Command {
 public:
  void declare(Arguments& arguments) override { arguments.required("FILE", file_, "The rules file"); }

  Outcome<void> run(Context& context) override {
    const auto text = processor::read_rules(file_);
    if (!text) return fail(ExitCode::kFailed, text.error());
    const auto rules = limits::Rules::parse(*text, file_);
    std::vector<Remark> remarks;
    if (!rules) {
      remarks.push_back(remark_on(file_, *text, "error", rules.error()));
    } else {
      for (const auto& warning : rules->warnings()) remarks.push_back(remark_on(file_, *text, "warning", warning));
    }
    context.output.json() ? print_json(context.output, remarks) : print(context.output, remarks);
    if (!rules) return fail(ExitCode::kFailed, file_ + " is no good; processors keep the rules that they have");
    context.output.info(file_ + " is good, version " + rules->version());
    return {};
  }

 private:
  void print(Output& output, const std::vector<Remark>& remarks) const {
    for (const Remark& remark : remarks) {
      const std::string place = file_ + ':' + std::to_string(remark.line) + ':' + std::to_string(remark.column);
      output.line(output.emphasized(printable(place)) + ": " + remark.severity + ": " + printable(remark.what));
      const Excerpt excerpt =
          excerpt_at(remark.text, remark.at.offset, remark.at.size, output.width().value_or(kUsualWidth));
      output.line(excerpt.line);
      output.line(excerpt.carets);
    }
  }

  void print_json(Output& output, const std::vector<Remark>& remarks) const {
    std::string list;
    for (const Remark& remark : remarks) list += (list.empty() ? "" : ",\n") + to_json(remark);
    output.json_line(JsonObject().add("file", file_).raw("findings", '[' + list + ']').str());
  }

  static constexpr std::size_t kUsualWidth = 100;
  std::string file_;
};

constexpr Example kExamples[] = {
    {.line = "limits rules check properties/rules.json", .says = "before the file takes the place of the one in use"},
    {.line = "limits rules check new.json && mv new.json properties/rules.json", .says = "and only if it is good"},
};

}  // namespace

const CommandEntry kRulesCheck{.name = "rules check",
                               .summary = "Look for what is wrong with a rules file",
                               .examples = kExamples,
                               .make = make_command<RulesCheck>};

}  // namespace cli
