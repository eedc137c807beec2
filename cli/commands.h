#pragma once

#include <span>

#include "cli/command.h"

namespace cli {

/// A first word that only groups verbs.
struct CommandGroup {
  std::string_view name;
  std::string_view summary;
};

[[nodiscard]] std::span<const CommandGroup> command_groups();
/// All commands, in the order of the help. To add one: its file, its line in commands.cc, its source in CMake.
[[nodiscard]] std::span<const CommandEntry* const> commands();

extern const CommandEntry kApiGet;
extern const CommandEntry kBackup;
extern const CommandEntry kDeadDiscard;
extern const CommandEntry kCheck;
extern const CommandEntry kCompletion;
extern const CommandEntry kDeadList;
extern const CommandEntry kDeadReplay;
extern const CommandEntry kDeadShow;
extern const CommandEntry kDemo;
extern const CommandEntry kDigest;
extern const CommandEntry kGet;
extern const CommandEntry kHistory;
extern const CommandEntry kList;
extern const CommandEntry kParkedList;
extern const CommandEntry kPrune;
extern const CommandEntry kPut;
extern const CommandEntry kRulesCheck;
extern const CommandEntry kRulesExplain;
extern const CommandEntry kRulesDiff;
extern const CommandEntry kRulesHandlers;
extern const CommandEntry kRulesTest;
extern const CommandEntry kStatus;
extern const CommandEntry kStreamCreate;
extern const CommandEntry kVerify;
extern const CommandEntry kWhy;

}  // namespace cli
