#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "cli/child_process.h"
#include "cli/command.h"

namespace cli {

struct DemoEvent {
  std::string json;
  std::string user;
};

/// The daemon's end of the pipe to a limits-processor.
class DemoChild {
 public:
  /// On the store, by the rules, both as paths. The first action is done when this returns.
  [[nodiscard]] static Outcome<DemoChild> start(const std::string& program, const std::string& database,
                                                const std::string& rules);

  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  /// Delivers a batch and waits for its status.
  [[nodiscard]] Outcome<void> deliver(const std::string& batch);
  /// Delivers a batch and kills the child, as soon as the store has the first of its records. True if the status had
  /// not come yet.
  [[nodiscard]] Outcome<bool> deliver_and_kill(const std::string& batch, store::Reader& reader);
  /// Closes its input, as a daemon that ends does. kFailed unless it ends with 0.
  [[nodiscard]] Outcome<void> end();

 private:
  explicit DemoChild(ChildProcess process) : process_(std::move(process)) {}
  [[nodiscard]] Outcome<void> wait_for_status();
  [[nodiscard]] std::unexpected<Failure> ended();

  ChildProcess process_;
};

/// A processRecords line with these events as its records, in the order of a shard.
[[nodiscard]] std::string batch_of(std::span<const DemoEvent> events);

}  // namespace cli
