#include "cli/parser.h"

#include <algorithm>
#include <map>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/nearest.h"

namespace cli {
namespace {

const std::map<std::string, Talk> kTalkLevels{
    {"off", Talk::kOff},   {"critical", Talk::kError}, {"error", Talk::kError}, {"warn", Talk::kWarn},
    {"info", Talk::kInfo}, {"debug", Talk::kDebug},    {"trace", Talk::kDebug}};

/// Examples first: they answer most questions. CLI11 keeps them as the footer.
class ExamplesFirst final : public CLI::Formatter {
 public:
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
    app_.add_option(name, target, help)->required()->type_name("");
  }
  void flag(const std::string& name, bool& target, const std::string& help) override {
    app_.add_flag(name, target, help);
  }
  void option(const std::string& name, const std::string& value, std::string& target,
              const std::string& help) override {
    app_.add_option(name, target, help)->type_name(value);
  }
  void number_option(const std::string& name, const std::string& value, std::int64_t& target, std::int64_t least,
                     std::int64_t most, const std::string& help) override {
    app_.add_option(name, target, help)->check(CLI::Range(least, most))->type_name(value);
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

  CLI::App root_{"Reads the state of user limits, and puts events on their stream.", "limits"};
  std::map<const CLI::App*, std::unique_ptr<Command>> commands_;
};

constexpr Example kExamples[] = {
    {.line = "limits put events.json", .says = "put events on the stream user-events"},
};

void set_up(CLI::App& app, std::string examples) {
  app.footer(std::move(examples));
  app.fallthrough();   // global options may stand anywhere
  app.allow_extras();  // told by us, with the nearest word
  app.require_subcommand(0, 1);
}

Tree::Tree(Invocation& invocation) {
  root_.formatter(std::make_shared<ExamplesFirst>());
  set_up(root_, examples_text(kExamples));
  add_global_options(invocation);
  for (const CommandGroup& group : command_groups()) {
    set_up(*root_.add_subcommand(std::string(group.name), std::string(group.summary)), "");
  }
  for (const CommandEntry* entry : commands()) add_command(*entry);
}

void Tree::add_global_options(Invocation& invocation) {
  root_.add_option("--store", invocation.store_url, "Where the state is")
      ->type_name("URL")
      ->envname("LIMITS_STORE")
      ->default_str(std::string(kDefaultStore));
  root_.add_option("--log-level", invocation.talk, "What is said on stderr: off, error, warn, info, debug")
      ->type_name("LEVEL")
      ->transform(CLI::CheckedTransformer(kTalkLevels).description(""))
      ->default_str("info");
  root_.add_flag("--json", invocation.json, "Data as JSON on stdout");
  root_.set_version_flag("--version", std::string("limits ") + USER_LIMITS_VERSION);
}

void Tree::add_command(const CommandEntry& entry) {
  const std::string name(entry.name);
  const std::size_t space = name.find(' ');
  CLI::App& parent = space == std::string::npos ? root_ : *root_.get_subcommand(name.substr(0, space));
  CLI::App& app = *parent.add_subcommand(name.substr(space + 1), std::string(entry.summary));
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

void add_flags(const CLI::App& app, std::vector<std::string>& to) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) to.push_back("--" + name);
  }
}

Refusal refuse_unknown(const std::string& word, const CLI::App& at) {
  const bool is_flag = word.starts_with('-');
  std::vector<std::string> known;
  if (is_flag) {
    for (const CLI::App* app = &at; app != nullptr; app = app->get_parent()) add_flags(*app, known);
  } else {
    for (const CLI::App* verb : at.get_subcommands(nullptr)) known.push_back(verb->get_name());
  }
  const std::string command = at.get_parent() == nullptr ? "limits" : "limits " + at.get_name();
  std::string text;
  if (is_flag) {
    text = "there is no option " + word;
  } else if (known.empty()) {
    text = "\"" + word + "\" is one argument too many";
  } else {
    text = "there is no command \"" + word + "\"";
  }
  if (const auto meant = nearest(word.substr(0, word.find('=')), known)) text += "; did you mean " + *meant + "?";
  return {.code = ExitCode::kUsage, .text = text + " See: " + command + " --help"};
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
    if (const auto extra = tree.root().remaining(true); !extra.empty()) {
      return std::unexpected(refuse_unknown(extra.front(), tree.deepest()));
    }
    return std::unexpected(Refusal{.code = ExitCode::kUsage, .text = error.what()});
  }
  if (const auto extra = tree.root().remaining(true); !extra.empty()) {
    return std::unexpected(refuse_unknown(extra.front(), tree.deepest()));
  }
  invocation.command = tree.take_command();
  if (invocation.command == nullptr) {
    return std::unexpected(Refusal{.code = ExitCode::kUsage, .text = tree.root().help(), .is_help = true});
  }
  return invocation;
}

}  // namespace cli
