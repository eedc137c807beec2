#include "cli/commands.h"

#include <array>

namespace cli {

std::span<const CommandGroup> command_groups() {
  static constexpr std::array<CommandGroup, 5> kGroups{{
      {.name = "parked", .summary = "Limits that wait for their definition"},
      {.name = "dead", .summary = "Records that could not be applied"},
      {.name = "api", .summary = "The HTTP API"},
      {.name = "rules", .summary = "Which event goes where"},
      {.name = "stream", .summary = "The Kinesis stream that events come from"},
  }};
  return kGroups;
}

std::span<const CommandEntry* const> commands() {
  static constexpr std::array kCommands{&kGet,         &kList,       &kHistory,    &kWhy,          &kStatus,
                                        &kDigest,      &kParkedList, &kDeadList,   &kDeadShow,     &kDeadReplay,
                                        &kDeadDiscard, &kApiGet,     &kRulesCheck, &kRulesExplain, &kRulesHandlers,
                                        &kRulesTest,   &kRulesDiff,  &kPut,        &kStreamCreate, &kBackup,
                                        &kPrune,       &kVerify,     &kCheck,      &kCompletion,   &kDemo};
  return kCommands;
}

}  // namespace cli
