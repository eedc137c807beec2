#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "kcl/error.h"
#include "kcl/record.h"
#include "kcl/record_processor.h"

namespace kcl::internal {

/// The daemon's answer to a checkpoint of ours.
struct CheckpointAnswer {
  std::string_view error;  ///< The simple name of a Java exception class; empty: it is done.
};

struct LeaseLost {};
struct ShardEnded {};
struct ShutdownRequested {};

/// One line from the daemon. Views point into the line, or into the parser's copy of it.
struct Message {
  std::string_view action;  ///< As the daemon called it: the status line that ends the action has to repeat it.
  std::variant<Initialize, Batch, CheckpointAnswer, LeaseLost, ShardEnded, ShutdownRequested> body;
};

/// The line that ends an action. `action` is one that came in a Message.
[[nodiscard]] std::string status_line(std::string_view action);

/// The lines that ask for a checkpoint: at a position, and at the last record that was delivered.
[[nodiscard]] Result<std::string> checkpoint_line(const Position& position);
[[nodiscard]] std::string checkpoint_all_line();

}  // namespace kcl::internal
