#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "cli/outcome.h"

namespace cli {

/// The path of a program that is installed in the same folder as this one.
[[nodiscard]] std::string beside_this_program(std::string_view name);

/// A program that this one started, with pipes to its stdin and from its stdout; its stderr is ours. One that still
/// runs when the object ends is killed and waited for.
class ChildProcess {
 public:
  /// kFailed for a program that cannot be started.
  [[nodiscard]] static Outcome<ChildProcess> start(const std::string& program,
                                                   const std::vector<std::string>& arguments);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Writes all of it. False if the program reads no more.
  [[nodiscard]] bool write(std::string_view text) const;
  /// The next line that is not empty, without its end; nothing at the end of the program's output, or if none came in
  /// time.
  [[nodiscard]] std::optional<std::string> read_line(std::chrono::milliseconds patience);
  /// The rest of the program's output, to its end.
  [[nodiscard]] std::string read_all();
  /// The end of its output was read.
  [[nodiscard]] bool at_end() const { return at_end_; }
  /// Ends its input.
  void close_input();
  /// SIGKILL.
  void kill();
  /// Waits for its end: the exit code, or minus the signal that ended it.
  int wait();

 private:
  ChildProcess() = default;
  void read_more();

  pid_t pid_ = -1;  ///< -1: waited for
  int input_ = -1;
  int output_ = -1;
  std::string unread_;
  bool at_end_ = false;
};

}  // namespace cli
