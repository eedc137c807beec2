#include <array>
#include <csignal>
#include <optional>
#include <utility>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/text.h"

namespace cli {
namespace {

/// Ctrl-C and its like are kept from ending the process, which would leave a part of the copy behind.
class Interruption {
 public:
  Interruption() {
    struct sigaction note{};
    note.sa_handler = [](int) { seen = 1; };
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &note, &before_[i]);
  }
  ~Interruption() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
  }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  [[nodiscard]] bool came() const { return seen != 0; }

 private:
  static constexpr std::array kSignals{SIGHUP, SIGINT, SIGTERM};
  static inline volatile std::sig_atomic_t seen = 0;
  std::array<struct sigaction, kSignals.size()> before_{};
};

class Backup final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.required("FILE", file_, "The new file; one that is there already is refused");
  }

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    const auto size = copy(context.output, **reader);
    if (!size) return fail(ExitCode::kFailed, size.error().what);
    if (context.output.json()) context.output.json_line(JsonObject().add("file", file_).add("bytes", *size).str());
    context.output.info("copied " + bytes(*size) + " to " + file_ + ", checked and synced");
    context.output.hint("limits --store sqlite:" + file_ + " list");
    return {};
  }

 private:
  [[nodiscard]] store::Result<std::int64_t> copy(Output& output, store::Reader& reader) const {
    const Interruption interruption;
    std::optional<Progress> bar;
    return reader.backup(file_, [&](std::int64_t done, std::int64_t total) {
      if (!bar) bar.emplace(output, "copying", total);
      bar->show(done, bytes(done));
      return !interruption.came();
    });
  }

  std::string file_;
};

constexpr Example kExamples[] = {
    {.line = "limits backup limits-backup.db", .says = "copy the store to a new file, while processors go on writing"},
    {.line = "limits --store sqlite:limits-backup.db list", .says = "look into the copy"},
};

}  // namespace

const CommandEntry kBackup{.name = "backup",
                           .summary = "Copy the store to a new file while it is in use",
                           .examples = kExamples,
                           .make = make_command<Backup>};

}  // namespace cli
