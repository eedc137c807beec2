#include "cli/command_tree.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/global_options.h"

namespace cli {
namespace {

/// Writes down what a command declares.
class Collector final : public Arguments {
 public:
  explicit Collector(CommandNode& node) : node_(node) {}

  void required(const std::string& name, std::string&, const std::string&) override { argument(name); }
  void optional(const std::string& name, std::string&, const std::string&) override { argument(name); }
  void required_number(const std::string&, std::int64_t&, const std::string&) override {}
  void numbers(const std::string&, std::vector<std::int64_t>&, const std::string&) override {}
  void required_word(const std::string&, std::span<const std::string_view> words, std::string&,
                     const std::string&) override {
    node_.words.assign(words.begin(), words.end());
  }
  void flag(const std::string& name, bool&, const std::string& help) override {
    push({.name = name, .short_name = {}, .help = help, .words = {}});
  }
  void option(const std::string& name, const std::string& value, std::string&, const std::string& help) override {
    add(name, value, help);
  }
  void word_option(const std::string& name, const std::string& value, std::span<const std::string_view> words,
                   std::string&, const std::string& help) override {
    add(name, value, help);
    node_.options.back().words.assign(words.begin(), words.end());
  }
  void number_option(const std::string& name, const std::string& value, std::int64_t&, std::int64_t, std::int64_t,
                     const std::string& help) override {
    add(name, value, help);
  }

 private:
  static bool is_file(std::string_view name) { return name == "FILE" || name == "FOLDER" || name == "PROPERTIES"; }
  void argument(std::string_view name) { node_.takes_file = node_.takes_file || is_file(name); }
  void add(const std::string& name, std::string_view value, const std::string& help) {
    push(
        {.name = name, .short_name = {}, .help = help, .takes_value = true, .takes_file = is_file(value), .words = {}});
  }
  /// Declared as "--output", or "-o,--output".
  void push(KnownOption option) {
    if (const std::size_t comma = option.name.find(','); comma != option.name.npos) {
      option.short_name = option.name.substr(0, comma);
      option.name.erase(0, comma + 1);
    }
    node_.options.push_back(std::move(option));
  }

  CommandNode& node_;
};

void add_common_options(CommandNode& node) {
  for (const GlobalOption& option : kGlobalOptions) {
    KnownOption known{.name = std::string(option.name),
                      .short_name = {},
                      .help = std::string(option.help),
                      .takes_value = !option.value.empty(),
                      .words = {}};
    if (option.name == kLogLevelOption.name) known.words.assign(kLogLevels.begin(), kLogLevels.end());
    node.options.push_back(std::move(known));
  }
  node.options.push_back({.name = "--help", .short_name = "-h", .help = "Print this help and exit", .words = {}});
}

CommandNode node_of(const CommandNode& parent, std::string_view verb, std::string_view summary) {
  CommandNode node;
  node.path = parent.path + ' ' + std::string(verb);
  node.verb = verb;
  node.summary = summary;
  return node;
}

/// Made when its first command is.
CommandNode& group_of(CommandNode& root, std::string_view name) {
  const auto found = std::ranges::find(root.verbs, name, &CommandNode::verb);
  if (found != root.verbs.end()) return *found;
  const auto group = std::ranges::find(command_groups(), name, &CommandGroup::name);
  CommandNode node = node_of(root, name, group->summary);
  add_common_options(node);
  return root.verbs.emplace_back(std::move(node));
}

}  // namespace

CommandNode command_tree() {
  CommandNode root;
  root.path = root.verb = "limits";
  add_common_options(root);
  root.options.push_back({.name = "--version", .short_name = {}, .help = "Print the version and exit", .words = {}});
  for (const CommandEntry* entry : commands()) {
    const std::size_t space = entry->name.find(' ');
    CommandNode& parent = space == entry->name.npos ? root : group_of(root, entry->name.substr(0, space));
    CommandNode node = node_of(parent, entry->name.substr(space + 1), entry->summary);
    Collector collector(node);
    entry->make()->declare(collector);
    add_common_options(node);
    parent.verbs.push_back(std::move(node));
  }
  return root;
}

}  // namespace cli
