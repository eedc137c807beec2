#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/rules_case.h"
#include "cli/text.h"
#include "cli/whole_file.h"
#include "processor/rules_file.h"

namespace cli {
namespace {

/// The folder's cases by name. Other files are passed over, and so are folders in it.
Outcome<std::vector<std::string>> cases_in(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".json" && !it->is_directory()) paths.push_back(it->path().string());
  }
  if (error) return fail(ExitCode::kFailed, folder + ": " + error.message() + ". Name a folder with cases");
  if (paths.empty()) return fail(ExitCode::kFailed, folder + ": has no case in it, no file *.json");
  std::ranges::sort(paths);
  return paths;
}

/// What became of one case.
struct Verdict {
  std::string path;
  std::string broken;  ///< why it is no case; empty if it is one
  std::vector<RulesCase::Difference> differences;
  bool updated = false;
};

void print(Output& output, const Verdict& verdict) {
  const std::string place = output.emphasized(printable(verdict.path));
  const auto shown = [](const std::string& json) { return json.empty() ? "nothing" : printable(json); };
  if (!verdict.broken.empty()) output.line(place + ": " + printable(verdict.broken));
  if (verdict.updated) output.line(place + ": updated");
  for (const auto& [pointer, expected, found] : verdict.differences) {
    if (verdict.updated) break;
    output.line(place + ": " + printable(pointer) + ": expected " + shown(expected) + ", found " + shown(found));
  }
}

std::string to_json(const Verdict& verdict) {
  std::string differences;
  for (const auto& [pointer, expected, found] : verdict.differences) {
    JsonObject difference;
    difference.add("pointer", pointer);
    if (!expected.empty()) difference.raw("expected", expected);
    if (!found.empty()) difference.raw("found", found);
    differences += (differences.empty() ? "" : ",") + difference.str();
  }
  JsonObject object;
  object.add("case", verdict.path);
  if (!verdict.broken.empty()) object.add("broken", verdict.broken);
  return object.raw("differences", '[' + differences + ']').raw("updated", verdict.updated ? "true" : "false").str();
}

class RulesTest final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.required("FOLDER", folder_, "The cases: files *.json");
    arguments.option("--rules", "FILE", rules_file_, "The rules to go by (default: properties/rules.json)");
    arguments.flag("--update", update_, "Write what the rules do now as what the cases expect");
  }

  Outcome<void> run(Context& context) override {
    const auto rules = processor::load_rules(rules_file_);
    if (!rules) return fail(ExitCode::kFailed, rules.error());
    const auto paths = cases_in(folder_);
    if (!paths) return std::unexpected(paths.error());
    std::vector<Verdict> wrong;
    JsonArray array(context.output);
    for (const std::string& path : *paths) {
      auto verdict = judge(path, *rules);
      if (!verdict) return std::unexpected(verdict.error());
      if (verdict->broken.empty() && verdict->differences.empty()) continue;
      context.output.json() ? array.add(to_json(*verdict)) : print(context.output, *verdict);
      wrong.push_back(std::move(*verdict));
    }
    if (context.output.json()) array.finish();
    return sum_up(context.output, std::ssize(*paths), wrong);
  }

 private:
  Outcome<Verdict> judge(const std::string& path, const limits::Rules& rules) {
    Verdict verdict{.path = path, .broken = {}, .differences = {}};
    auto text = read_whole(path, RulesCase::kMostBytes);
    if (!text) return std::unexpected(text.error());
    const auto it = RulesCase::parse(std::move(*text));
    if (!it) {
      verdict.broken = it.error();
      return verdict;
    }
    const EventAccount account = accountant_.account_for(it->event(), rules);
    verdict.differences = it->compare(account);
    if (verdict.differences.empty() || !update_) return verdict;
    if (auto written = replace_whole(path, it->text_expecting(account)); !written) {
      return std::unexpected(written.error());
    }
    verdict.updated = true;
    return verdict;
  }

  static Outcome<void> sum_up(Output& output, std::int64_t cases, std::span<const Verdict> wrong) {
    const auto broken = std::ranges::count_if(wrong, [](const Verdict& each) { return !each.broken.empty(); });
    const auto updated = std::ranges::count_if(wrong, &Verdict::updated);
    const auto different = std::ssize(wrong) - broken - updated;
    if (updated > 0) output.info(count(updated) + " of " + counted(cases, "case") + " updated");
    if (different + broken == 0) {
      if (updated == 0) output.info(counted(cases, "case") + " as expected");
      return {};
    }
    if (different > 0) output.hint("limits rules test FOLDER --update, if they do now what they should");
    std::string what;
    if (different > 0) what = count(different) + " of " + counted(cases, "case") + " not as expected";
    if (broken > 0) what += (what.empty() ? "" : ", ") + count(broken) + " of " + counted(cases, "file") + " no case";
    return fail(ExitCode::kFailed, std::move(what));
  }

  std::string folder_;
  std::string rules_file_ = "properties/rules.json";
  bool update_ = false;
  Accountant accountant_;
};

constexpr Example kExamples[] = {
    {.line = "limits rules test properties/rules.cases", .says = "before the rules take the place of those in use"},
    {.line = "limits rules test properties/rules.cases --update", .says = "after a change that was meant"},
};

}  // namespace

const CommandEntry kRulesTest{.name = "rules test",
                              .summary = "Check that rules do with events what cases expect",
                              .examples = kExamples,
                              .make = make_command<RulesTest>};

}  // namespace cli
