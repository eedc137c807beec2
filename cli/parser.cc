#include "cli/parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/global_options.h"
#include "limits/wording.h"

namespace cli {
namespace {

/// What each of kLogLevels stands for.
constexpr std::array kTalks{Talk::kOff,  Talk::kError, Talk::kError, Talk::kWarn,
                            Talk::kInfo, Talk::kDebug, Talk::kDebug};
static_assert(kTalks.size() == kLogLevels.size());

/// Examples first: they answer most questions. CLI11 keeps them as the footer.
class ExamplesFirst final : public CLI::Formatter {
 public:
  ExamplesFirst() {
    label("SUBCOMMAND", "COMMAND");
    label("Positionals", "Arguments");
    label("REQUIRED", "");
  }
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::string help = make_description(app) + '\n' + app->get_footer() + make_usage(app, std::move(name)) +
                       make_positionals(app) + make_groups(app, mode) + make_subcommands(app, mode);
    if (app->get_parent() != nullptr) help += "\nOptions of every command: limits --help\n";
    return help;
  }
};

std::string examples_text(std::span<const Example> examples) {
  std::string text = "Examples:\n";
  for (const Example& example : examples) {
    text += "  # " + std::string(example.says) + "\n  " + std::string(example.line) + '\n';
  }
  return text + '\n';
}

/// A check whose message says what was expected, in place of CLI11's "Could not convert".
CLI::Validator whole_number(std::int64_t least, std::int64_t most) {
  const auto judge = [least, most](const std::string& text) -> std::string {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (whole && number >= least && number <= most) return "";
    const bool any = most == std::numeric_limits<std::int64_t>::max();
    const std::string range = any ? "" : " from " + std::to_string(least) + " to " + std::to_string(most);
    return "expected a whole number" + range + ", found " + limits::in_quotes(text);
  };
  return {judge, ""};
}

/// What is wrong with the word; empty if it is one of them.
std::string judge_word(std::string_view word, std::span<const std::string_view> words) {
  if (std::ranges::find(words, word) != words.end()) return "";
  return "expected " + limits::one_of(words) + ", found " + limits::in_quotes(word) + limits::did_you_mean(word, words);
}

CLI::Validator one_of(std::span<const std::string_view> words) {
  return {[words](const std::string& word) { return judge_word(word, words); }, ""};
}

/// Turns the word into the number of its level, which CLI11 can convert.
std::string read_talk_level(std::string& word) {
  if (std::string wrong = judge_word(word, kLogLevels); !wrong.empty()) return wrong;
  const auto place = std::ranges::find(kLogLevels, word) - kLogLevels.begin();
  word = std::to_string(static_cast<int>(kTalks[static_cast<std::size_t>(place)]));
  return "";
}

class CliArguments final : public Arguments {
 public:
  explicit CliArguments(CLI::App& app) : app_(app) {}

  void required(const std::string& name, std::string& target, const std::string& help) override {
    app_.add_option(name, target, help)->required()->type_name("");
  }
  void optional(const std::string& name, std::string& target, const std::string& help) override {
    app_.add_option(name, target, help)->type_name("");
  }
  void required_number(const std::string& name, std::int64_t& target, const std::string& help) override {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    app_.add_option(name, target, help)->required()->check(whole_number(0, kMost))->type_name("");
  }
  void numbers(const std::string& name, std::vector<std::int64_t>& target, const std::string& help) override {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    app_.add_option(name, target, help)->check(whole_number(0, kMost))->type_name("");
  }
  void required_word(const std::string& name, std::span<const std::string_view> words, std::string& target,
                     const std::string& help) override {
    app_.add_option(name, target, help)->required()->check(one_of(words))->type_name("");
  }
  void flag(const std::string& name, bool& target, const std::string& help) override {
    app_.add_flag(name, target, help);
  }
  void option(const std::string& name, const std::string& value, std::string& target,
              const std::string& help) override {
    app_.add_option(name, target, help)->option_text(value);
  }
  void word_option(const std::string& name, const std::string& value, std::span<const std::string_view> words,
                   std::string& target, const std::string& help) override {
    app_.add_option(name, target, help)->check(one_of(words))->option_text(value);
  }
  void number_option(const std::string& name, const std::string& value, std::int64_t& target, std::int64_t least,
                     std::int64_t most, const std::string& help) override {
    app_.add_option(name, target, help)->check(whole_number(least, most))->option_text(value);
  }

 private:
  CLI::App& app_;
};

/// CLI11's tree of the commands, with the command that each leaf stands for.
class Tree {
 public:
  explicit Tree(Invocation& invocation);
  CLI::App& root() { return root_; }
  /// The command that was named last, or null: then only groups were, or nothing.
  [[nodiscard]] std::unique_ptr<Command> take_command();
  [[nodiscard]] const CLI::App& deepest() const;

 private:
  void add_global_options(Invocation& invocation);
  void add_command(const CommandEntry& entry);
  /// Made when its first command is.
  CLI::App& group(std::string_view name);

  CLI::App root_{"Reads the state of user limits, and puts events on their stream.", "limits"};
  std::map<const CLI::App*, std::unique_ptr<Command>> commands_;
};

constexpr Example kExamples[] = {
    {.line = "limits list --user user-7f3k", .says = "the limits of a user"},
    {.line = "limits get limit-day-1 --json", .says = "one limit, for a program"},
    {.line = "limits status", .says = "how far the processor is, and what became of the records"},
    {.line = "limits put events.json", .says = "put events on the stream user-events"},
};

void set_up(CLI::App& app, std::string examples) {
  app.footer(std::move(examples));
  app.fallthrough();   // global options may stand anywhere
  app.allow_extras();  // told by us, with the nearest word
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.group("Commands");
}

Tree::Tree(Invocation& invocation) {
  root_.formatter(std::make_shared<ExamplesFirst>());
  set_up(root_, examples_text(kExamples));
  add_global_options(invocation);
  for (const CommandEntry* entry : commands()) add_command(*entry);
}

void Tree::add_global_options(Invocation& invocation) {
  const auto add = [this](const GlobalOption& option, auto& target) {
    return root_.add_option(std::string(option.name), target, std::string(option.help))
        ->envname(std::string(option.variable))
        ->option_text(std::string(option.value));
  };
  add(kStoreOption, invocation.store_url);
  add(kLogLevelOption, invocation.talk)->transform(CLI::Validator(read_talk_level, ""));
  root_.add_flag(std::string(kJsonOption.name), invocation.json, std::string(kJsonOption.help));
  root_.set_version_flag("--version", std::string("limits ") + USER_LIMITS_VERSION)
      ->description("Print the version and exit");
}

/// The first of each of its commands.
std::string group_examples(std::string_view group) {
  std::vector<Example> examples;
  for (const CommandEntry* entry : commands()) {
    if (entry->name.starts_with(std::string(group) + ' ')) examples.push_back(entry->examples.front());
  }
  return examples_text(examples);
}

CLI::App& Tree::group(std::string_view name) {
  const auto is_it = [name](const CLI::App* app) { return app->get_name() == name; };
  if (const auto found = root_.get_subcommands(is_it); !found.empty()) return *found.front();
  const auto entry = std::ranges::find(command_groups(), name, &CommandGroup::name);
  CLI::App& app = *root_.add_subcommand(std::string(name), std::string(entry->summary));
  set_up(app, group_examples(name));
  return app;
}

void Tree::add_command(const CommandEntry& entry) {
  const std::size_t space = entry.name.find(' ');
  CLI::App& parent = space == std::string_view::npos ? root_ : group(entry.name.substr(0, space));
  CLI::App& app = *parent.add_subcommand(std::string(entry.name.substr(space + 1)), std::string(entry.summary));
  set_up(app, examples_text(entry.examples));
  auto command = entry.make();
  CliArguments arguments(app);
  command->declare(arguments);
  commands_.emplace(&app, std::move(command));
}

const CLI::App& Tree::deepest() const {
  const CLI::App* app = &root_;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return *app;
}

std::unique_ptr<Command> Tree::take_command() {
  const auto found = commands_.find(&deepest());
  return found == commands_.end() ? nullptr : std::move(found->second);
}

/// "limits dead show"
std::string path_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : path_of(*app.get_parent()) + ' ' + app.get_name();
}

Refusal usage_refusal(std::string text, const CLI::App& at) {
  return {.code = ExitCode::kUsage, .text = std::move(text) + " See: " + path_of(at) + " --help"};
}

void add_options(const CLI::App& app, std::vector<std::string>& to) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) to.push_back("--" + name);
  }
}

/// The first word that nothing was done with; CLI11 counts the "--" before arguments among them.
std::optional<std::string> unknown_word(const CLI::App& root) {
  const auto words = root.remaining(true);
  const auto found = std::ranges::find_if(words, [](const std::string& word) { return word != "--"; });
  return found == words.end() ? std::nullopt : std::optional(*found);
}

Refusal refuse_unknown(const std::string& word, const CLI::App& at) {
  const bool is_option = word.starts_with('-');
  std::vector<std::string> known;
  if (is_option) {
    for (const CLI::App* app = &at; app != nullptr; app = app->get_parent()) add_options(*app, known);
  } else {
    for (const CLI::App* verb : at.get_subcommands(nullptr)) known.push_back(verb->get_name());
  }
  const std::string written = is_option ? word.substr(0, word.find('=')) : word;
  std::string text = limits::in_quotes(written) + " is one argument too many";
  if (is_option) text = "there is no option " + limits::in_quotes(written);
  if (!is_option && !known.empty()) text = "there is no command " + limits::in_quotes(written);
  const std::string meant = limits::did_you_mean(written, std::vector<std::string_view>(known.begin(), known.end()));
  return usage_refusal(text + (meant.empty() ? "." : meant), at);
}

/// A mistyped variable would be a setting that does nothing.
std::optional<Refusal> refuse_unknown_variable() {
  constexpr std::string_view kPrefix = "LIMITS_";
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const std::string_view name = variable.substr(0, variable.find('='));
    if (!name.starts_with(kPrefix) || std::ranges::find(kVariables, name) != kVariables.end()) continue;
    const std::string meant = limits::did_you_mean(name, kVariables);
    return Refusal{.code = ExitCode::kUsage,
                   .text = "there is no setting " + limits::in_quotes(name) + " for the environment" +
                           (meant.empty() ? "." : meant) + " Unset it: unset " + std::string(name)};
  }
  return std::nullopt;
}

}  // namespace

std::expected<Invocation, Refusal> parse_command_line(int argc, const char* const* argv) {
  Invocation invocation;
  Tree tree(invocation);
  try {
    tree.root().parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(Refusal{.code = ExitCode::kDone, .text = tree.root().help(), .is_help = true});
  } catch (const CLI::CallForVersion& version) {
    return std::unexpected(Refusal{.code = ExitCode::kDone, .text = std::string(version.what()) + '\n'});
  } catch (const CLI::ParseError& error) {
    // A mistyped option is a better answer than that the argument it pushed aside is missing.
    if (const auto word = unknown_word(tree.root())) return std::unexpected(refuse_unknown(*word, tree.deepest()));
    return std::unexpected(usage_refusal(std::string(error.what()) + '.', tree.deepest()));
  }
  if (const auto word = unknown_word(tree.root())) return std::unexpected(refuse_unknown(*word, tree.deepest()));
  if (auto refusal = refuse_unknown_variable()) return std::unexpected(*std::move(refusal));
  invocation.command = tree.take_command();
  if (invocation.command == nullptr) {
    return std::unexpected(Refusal{.code = ExitCode::kUsage, .text = tree.root().help(), .is_help = true});
  }
  return invocation;
}

}  // namespace cli
