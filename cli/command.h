#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "cli/arguments.h"
#include "cli/outcome.h"
#include "cli/output.h"
#include "store/store.h"

namespace cli {

/// What every command works with.
struct Context {
  Output& output;
  std::string store_url;

  /// The store to read from, or kStoreUnavailable.
  [[nodiscard]] Outcome<std::unique_ptr<store::Reader>> open_reader() const;
  /// The store to write to, or kStoreUnavailable. Makes one that is not there: whoever must not, opens a reader first.
  [[nodiscard]] Outcome<std::unique_ptr<store::Store>> open_store() const;
};

/// One verb. Its file declares it, and the list in commands.cc makes it known.
class Command {
 public:
  virtual ~Command() = default;
  /// Binds what the command takes to its members.
  virtual void declare(Arguments& arguments) = 0;
  [[nodiscard]] virtual Outcome<void> run(Context& context) = 0;
};

struct Example {
  std::string_view line;
  std::string_view says;
};

struct CommandEntry {
  std::string_view name;  ///< one word, or group and verb: "dead show"
  std::string_view summary;
  std::span<const Example> examples;
  std::unique_ptr<Command> (*make)();
};

template <class T>
std::unique_ptr<Command> make_command() {
  return std::make_unique<T>();
}

/// For people and provenance only: nothing is decided by it.
[[nodiscard]] limits::TimeMs wall_clock();

/// kStoreUnavailable, with what the store says.
[[nodiscard]] std::unexpected<Failure> store_failure(const store::Error& error);

}  // namespace cli
