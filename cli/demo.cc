#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/demo_child.h"
#include "cli/event_reader.h"
#include "cli/json.h"
#include "cli/limit_view.h"
#include "cli/partition_key.h"
#include "cli/samples.h"
#include "cli/tally.h"
#include "cli/text.h"
#include "store/open.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

/// A folder of our own, gone with this object unless it is to be kept.
class TemporaryFolder {
 public:
  static Outcome<TemporaryFolder> make() {
    std::error_code none;
    std::string pattern = (fs::temp_directory_path(none) / "limits-demo-XXXXXX").string();
    if (none || mkdtemp(pattern.data()) == nullptr) {
      return fail(ExitCode::kFailed, "no temporary folder: " + std::generic_category().message(errno) +
                                         "; TMPDIR can name one that may be written to");
    }
    return TemporaryFolder(pattern);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, fs::path())) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string file(std::string_view name) const { return path_ / name; }
  /// Leaves it there.
  std::string release() { return std::exchange(path_, fs::path()).string(); }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

void replace_all(std::string& text, const std::string& old, const std::string& with) {
  for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at + with.size())) {
    text.replace(at, old.size(), with);
  }
}

Outcome<std::vector<DemoEvent>> sample_events(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  EventReader reader(descriptor, path, kSampleEvents.size());
  PartitionKeys keys;
  std::vector<DemoEvent> events;
  for (;;) {
    const auto next = reader.next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    const std::string_view bytes = (*next)->bytes;
    events.push_back({.json = std::string(bytes), .user = keys.of_event(bytes).value_or("")});
  }
  ::close(descriptor);
  return events;
}

/// The samples, and so many times more the same lives of other users: in their events every id begins with the user's.
std::vector<DemoEvent> multiplied(const std::vector<DemoEvent>& samples, int times) {
  std::vector<DemoEvent> events = samples;
  for (int copy = 1; copy < times; ++copy) {
    for (DemoEvent event : samples) {
      const std::string other = event.user + '-' + std::to_string(copy);
      replace_all(event.json, '"' + event.user, '"' + other);
      event.user = other;
      events.push_back(std::move(event));
    }
  }
  return events;
}

/// The state of a store in a few numbers.
struct Glance {
  std::string digest;
  store::Tally verdicts;
};

class Demo final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.flag("--keep", keep_, "Leave the temporary folder with the stores there");
  }

  Outcome<void> run(Context& context) override {
    std::signal(SIGPIPE, SIG_IGN);  // a child that ended is told by its pipe
    const auto started = std::chrono::steady_clock::now();
    auto folder = TemporaryFolder::make();
    if (!folder) return std::unexpected(folder.error());
    auto done = play(context.output, *folder);
    if (done) {
      const auto took = std::chrono::steady_clock::now() - started;
      context.output.info("took " + duration(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
    }
    if (keep_) context.output.info("kept: " + folder->release());
    return done;
  }

 private:
  /// 10,000 records: ten transactions.
  static constexpr int kTimes = 500;
  static constexpr int kMostTries = 5;

  Outcome<void> play(Output& output, const TemporaryFolder& folder) {
    const std::string samples = folder.file("events.json");
    std::ofstream(samples) << kSampleEvents;
    std::ofstream(folder.file("rules.json")) << kShippedRules;
    const auto events = sample_events(samples);
    if (!events) return std::unexpected(events.error());

    for (int tries = 1, times = kTimes; tries <= kMostTries; ++tries, times *= 2) {
      const std::vector<DemoEvent> delivered = multiplied(*events, times);
      const auto name = [&](std::string_view base) {
        return folder.file(std::string(base) + (tries == 1 ? "" : '-' + std::to_string(tries)) + ".db");
      };
      const auto result = crash_and_recover(output, folder, delivered, name("undisturbed"), name("killed"));
      if (!result) return std::unexpected(result.error());
      if (*result) return {};
      output.info("the child was done before it could be killed: once more, with twice as many records");
    }
    return fail(ExitCode::kFailed, "the child was always done before it could be killed");
  }

  /// False if the kill came too late.
  Outcome<bool> crash_and_recover(Output& output, const TemporaryFolder& folder, const std::vector<DemoEvent>& events,
                                  const std::string& undisturbed, const std::string& killed) {
    const std::string batch = batch_of(events);
    const std::string rules = folder.file("rules.json");
    say(output, count(std::ssize(events)) + " records, in one batch of " + bytes(std::ssize(batch)) +
                    ", are delivered as Amazon's daemon does it: as a line of JSON on a child's standard input.");

    const auto clean = deliver_all(undisturbed, rules, batch);
    if (!clean) return std::unexpected(clean.error());
    say(output, "\n1. A child that nobody disturbs");
    tell(output, *clean);

    auto child = DemoChild::start(beside_this_program("limits-processor"), killed, rules);
    if (!child) return std::unexpected(child.error());
    const pid_t pid = child->pid();
    const auto reader = store::open_reader("sqlite:" + killed);
    if (!reader) return store_failure(reader.error());
    const auto in_the_middle = child->deliver_and_kill(batch, **reader);
    if (!in_the_middle || !*in_the_middle) return in_the_middle;
    const auto torn = look(**reader);
    if (!torn) return std::unexpected(torn.error());
    say(output,
        "\n2. Another child, on a store of its own: kill -9 " + std::to_string(pid) + " in the middle of the batch");
    tell(output, *torn);
    say(output, "   The child had answered nothing, so the daemon will deliver the whole batch again.");

    const auto recovered = deliver_all(killed, rules, batch);
    if (!recovered) return std::unexpected(recovered.error());
    say(output, "\n3. A new child on that store, which gets the whole batch again");
    tell(output, *recovered);
    return conclude(output, std::ssize(events), *clean, *torn, *recovered, **reader);
  }

  static Outcome<Glance> deliver_all(const std::string& database, const std::string& rules, const std::string& batch) {
    auto child = DemoChild::start(beside_this_program("limits-processor"), database, rules);
    if (!child) return std::unexpected(child.error());
    if (auto delivered = child->deliver(batch); !delivered) return std::unexpected(delivered.error());
    if (auto ended = child->end(); !ended) return std::unexpected(ended.error());
    const auto reader = store::open_reader("sqlite:" + database);
    if (!reader) return store_failure(reader.error());
    return look(**reader);
  }

  static Outcome<Glance> look(store::Reader& reader) {
    Glance glance;
    const auto shards = reader.shards();
    if (!shards) return store_failure(shards.error());
    for (const store::ShardRow& row : *shards) glance.verdicts += row.verdicts;
    auto digest = reader.digest();
    if (!digest) return store_failure(digest.error());
    glance.digest = std::move(*digest);
    return glance;
  }

  static Outcome<bool> conclude(Output& output, std::int64_t records, const Glance& clean, const Glance& torn,
                                const Glance& recovered, store::Reader& reader) {
    const bool same = clean.digest == recovered.digest;
    if (output.json()) {
      output.json_line(JsonObject()
                           .add("records", records)
                           .add("committedBeforeTheKill", torn.verdicts.total())
                           .add("undisturbed", clean.digest)
                           .add("afterTheKill", torn.digest)
                           .add("afterTheRestart", recovered.digest)
                           .raw("same", same ? "true" : "false")
                           .str());
    }
    if (!same) return fail(ExitCode::kFailed, "the state after the crash is not that of an undisturbed run");
    say(output, "\nThe digests of 1 and 3 are the same: nothing was lost, and nothing was applied twice.");
    const auto limits = reader.get("anna-deposit-day");
    if (!limits) return store_failure(limits.error());
    if (!output.json()) {
      say(output, "\nOne of the limits:\n");
      for (const limits::UserLimit& limit : *limits) print_limit(output, limit);
    }
    output.hint("make run, for the same with Amazon's daemon and emulators of Kinesis and DynamoDB");
    return true;
  }

  static void tell(Output& output, const Glance& glance) {
    say(output, "   " + count(glance.verdicts.total()) + " records committed: " + counts_of(glance.verdicts));
    say(output, "   digest of the state  " + glance.digest);
  }

  /// To people; a program gets its object at the end.
  static void say(Output& output, std::string_view text) {
    if (!output.json()) output.line(text);
  }

  bool keep_ = false;
};

constexpr Example kExamples[] = {
    {.line = "limits demo", .says = "see a child killed in the middle of its work, and nothing lost"},
    {.line = "limits demo --keep", .says = "and look around in the stores afterwards"},
};

}  // namespace

const CommandEntry kDemo{.name = "demo",
                         .summary = "Kill a processor in the middle of its work, and see that nothing is lost",
                         .examples = kExamples,
                         .make = make_command<Demo>};

}  // namespace cli
