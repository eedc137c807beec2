#include "cli/commands.h"

#include <array>

namespace cli {

std::span<const CommandGroup> command_groups() {
  static constexpr std::array<CommandGroup, 1> kGroups{{
      {.name = "stream", .summary = "The Kinesis stream that events come from"},
  }};
  return kGroups;
}

std::span<const CommandEntry* const> commands() {
  static constexpr std::array<const CommandEntry*, 2> kCommands{&kPut, &kStreamCreate};
  return kCommands;
}

}  // namespace cli
