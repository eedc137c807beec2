#pragma once

#include <string>
#include <vector>

namespace cli {

/// An option of a command, as a shell needs to know it.
struct KnownOption {
  std::string name;        ///< "--output"
  std::string short_name;  ///< "-o"; empty: none
  std::string help;
  bool takes_value = false;
  bool takes_file = false;         ///< the value is one, or a folder
  std::vector<std::string> words;  ///< the only values there are; empty: any
};

/// A place in the command line: the program, a group or a command.
struct CommandNode {
  std::string path;  ///< "limits dead list"
  std::string verb;  ///< "list"
  std::string summary;
  std::vector<CommandNode> verbs;
  std::vector<KnownOption> options;  ///< its own, and those of every command
  std::vector<std::string> words;    ///< the only values of its argument; empty: any
  bool takes_file = false;           ///< its argument is one
};

/// The program with all its commands, made from the list that the parser reads too.
[[nodiscard]] CommandNode command_tree();

}  // namespace cli
