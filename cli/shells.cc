#include "cli/shells.h"

#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cli {
namespace {

/// The node and all below it.
std::vector<const CommandNode*> all_nodes(const CommandNode& node) {
  std::vector<const CommandNode*> nodes{&node};
  for (const CommandNode& verb : node.verbs) {
    for (const CommandNode* below : all_nodes(verb)) nodes.push_back(below);
  }
  return nodes;
}

std::string alternatives(const std::set<std::string>& words) {
  return fmt::format("{}", fmt::join(words, "|"));
}

/// "-o|--output"
std::string names_of(const KnownOption& option) {
  return (option.short_name.empty() ? "" : option.short_name + '|') + option.name;
}

/// "--store|--user": the options that are followed by a value.
std::string options_with_value(const CommandNode& root) {
  std::set<std::string> names;
  for (const CommandNode* node : all_nodes(root)) {
    for (const KnownOption& option : node->options) {
      if (option.takes_value) names.insert(names_of(option));
    }
  }
  return alternatives(names);
}

/// `"limits dead"|"limits dead list"`: all places but the first.
std::string quoted_paths(const CommandNode& root) {
  std::set<std::string> paths;
  for (const CommandNode* node : all_nodes(root)) {
    if (node != &root) paths.insert('"' + node->path + '"');
  }
  return alternatives(paths);
}

/// Calls `use(option)` for each option that takes a value, once by name.
template <class Use>
void each_value_option(const CommandNode& root, const Use& use) {
  std::set<std::string> seen;
  for (const CommandNode* node : all_nodes(root)) {
    for (const KnownOption& option : node->options) {
      if (option.takes_value && seen.insert(option.name).second) use(option);
    }
  }
}

std::string escaped(const std::string& text, std::string_view special, std::string_view with) {
  std::string result;
  for (const char c : text) {
    if (special.contains(c)) result += with;
    result += c;
  }
  return result;
}

/// Within single quotes.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result;
}

std::string fish_text(const std::string& text) {
  return escaped(text, "'\\", "\\");
}

/// bash and zsh: finds the place, in a variable of that name. `words` is the expression for the words so far.
std::string find_place(const CommandNode& root, std::string_view words) {
  return fmt::format(R"(  for word in {}; do
    if [[ -n $skip ]]; then skip=; continue; fi
    case $word in
      {}) skip=1 ;;
      -*) ;;
      *) case "$place $word" in {}) place="$place $word" ;; esac ;;
    esac
  done
)",
                     words, options_with_value(root), quoted_paths(root));
}

}  // namespace

std::string bash_completion(const CommandNode& root) {
  std::string script = R"(# Completion of limits for bash: source <(limits completion bash)
_limits() {
  local current=${COMP_WORDS[COMP_CWORD]} place=limits skip= word words= files=
)" + find_place(root, R"("${COMP_WORDS[@]:1:COMP_CWORD-1}")") +
                       "  case ${COMP_WORDS[COMP_CWORD-1]} in\n";
  each_value_option(root, [&](const KnownOption& option) {
    script += fmt::format("    {}) words='{}' files={} place=value ;;\n", names_of(option),
                          fmt::join(option.words, " "), option.takes_file ? "1" : "");
  });
  script += "  esac\n  case $place in\n";
  for (const CommandNode* node : all_nodes(root)) {
    std::vector<std::string> words = node->words;
    for (const CommandNode& verb : node->verbs) words.push_back(verb.verb);
    for (const KnownOption& option : node->options) words.push_back(option.name);
    script += fmt::format("    '{}') words='{}' files={} ;;\n", node->path, fmt::join(words, " "),
                          node->takes_file ? "1" : "");
  }
  script += R"(  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ -n $files && $current != -* ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -F _limits limits
)";
  return script;
}

std::string zsh_completion(const CommandNode& root) {
  const auto described = [](const std::string& name, const std::string& says) {
    return fmt::format(" '{}:{}'", name, zsh_text(says));
  };
  std::string script = R"(#compdef limits
# Completion of limits for zsh: source <(limits completion zsh), after compinit
_limits() {
  local place=limits skip= word files=
  local -a verbs options
)" + find_place(root, R"("${(@)words[2,CURRENT-1]}")") +
                       "  case ${words[CURRENT-1]} in\n";
  each_value_option(root, [&](const KnownOption& option) {
    std::string action = option.takes_file ? "_files" : ":";
    if (!option.words.empty()) action = fmt::format("compadd -- {}", fmt::join(option.words, " "));
    script += fmt::format("    {}) {}; return ;;\n", names_of(option), action);
  });
  script += "  esac\n  case $place in\n";
  for (const CommandNode* node : all_nodes(root)) {
    std::string verbs;
    std::string options;
    for (const std::string& word : node->words) verbs += described(word, "");
    for (const CommandNode& verb : node->verbs) verbs += described(verb.verb, verb.summary);
    for (const KnownOption& option : node->options) options += described(option.name, option.help);
    script += fmt::format("    '{}')\n      verbs=({})\n      options=({})\n      files={} ;;\n", node->path, verbs,
                          options, node->takes_file ? "1" : "");
  }
  script += R"(  esac
  if [[ $words[CURRENT] == -* ]]; then
    _describe option options
  else
    _describe command verbs
    if [[ -n $files ]]; then _files; fi
  fi
}
if [[ $funcstack[1] == _limits ]]; then _limits "$@"; else compdef _limits limits; fi
)";
  return script;
}

std::string fish_completion(const CommandNode& root) {
  std::string paths;
  for (const CommandNode* node : all_nodes(root)) paths += fmt::format(" '{}'", node->path);
  std::set<std::string> values;
  each_value_option(root, [&](const KnownOption& option) {
    values.insert(option.name);
    if (!option.short_name.empty()) values.insert(option.short_name);
  });
  std::string script = fmt::format(R"(# Completion of limits for fish: limits completion fish | source
function __limits_at
    set -l place limits
    set -l skip
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip
        else if contains -- $word {}
            set skip 1
        else if not string match -q -- '-*' $word; and contains -- "$place $word" {}
            set place "$place $word"
        end
    end
    test "$place" = "$argv[1]"
end
complete -c limits -f
)",
                                   fmt::join(values, " "), paths);
  for (const CommandNode* node : all_nodes(root)) {
    const std::string here = fmt::format("complete -c limits -n '__limits_at \"{}\"'", node->path);
    for (const std::string& word : node->words) script += fmt::format("{} -a {}\n", here, word);
    for (const CommandNode& verb : node->verbs) {
      script += fmt::format("{} -a {} -d '{}'\n", here, verb.verb, fish_text(verb.summary));
    }
    if (node->takes_file) script += here + " -F\n";
    for (const KnownOption& option : node->options) {
      std::string value = option.takes_value ? " -r" : "";
      if (!option.words.empty()) value += fmt::format(" -a '{}'", fmt::join(option.words, " "));
      if (option.takes_file) value += " -F";
      std::string name = "-l " + option.name.substr(2);
      if (!option.short_name.empty()) name += " -s " + option.short_name.substr(1);
      script += fmt::format("{} {}{} -d '{}'\n", here, name, value, fish_text(option.help));
    }
  }
  return script;
}

}  // namespace cli
