#pragma once

#include <string>

#include "cli/command_tree.h"

namespace cli {

/// The completion script of each shell. Within the command line the place is found by the verbs so far; options and
/// their values are stepped over.
[[nodiscard]] std::string bash_completion(const CommandNode& root);
[[nodiscard]] std::string zsh_completion(const CommandNode& root);
[[nodiscard]] std::string fish_completion(const CommandNode& root);

}  // namespace cli
