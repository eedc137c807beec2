#include "cli/child_check.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <ranges>

#include <unistd.h>

#include "cli/text.h"
#include "limits/wording.h"
#include "processor/options.h"
#include "processor/rules_file.h"

namespace cli {
namespace {

/// As the daemon divides it (MultiLangRecordProcessorFactory): at spaces, and no quotes help.
std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words;
  for (const auto part : std::views::split(command, ' ')) {
    if (!part.empty()) words.emplace_back(part.begin(), part.end());
  }
  return words;
}

bool can_be_run(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

/// Where the system would find the program; nothing if nowhere.
std::optional<std::filesystem::path> find_program(const std::string& name) {
  if (name.contains('/')) return can_be_run(name) ? std::optional<std::filesystem::path>(name) : std::nullopt;
  const char* path = std::getenv("PATH");
  for (const auto part : std::views::split(std::string_view(path == nullptr ? "" : path), ':')) {
    const std::filesystem::path candidate = std::filesystem::path(std::string_view(part)) / name;
    if (can_be_run(candidate)) return candidate;
  }
  return std::nullopt;
}

class ChildCheck {
 public:
  ChildCheck(const PropertiesFile& file, const Property& command, Diagnosis& diagnosis)
      : file_(file), command_(command), words_(words_of(command.value)), diagnosis_(diagnosis) {}

  void run(const std::string& store_url) {
    if (words_.empty()) return;
    program();
    if (std::filesystem::path(words_.front()).filename() != "limits-processor") return;
    const auto options = flags();
    if (!options) return;
    stream(*options);
    store(*options, store_url);
    timeouts(*options);
    rules(*options);
  }

 private:
  void program() {
    const std::string& name = words_.front();
    if (find_program(name)) {
      diagnosis_.well.push_back("child " + name);
      return;
    }
    std::error_code ignored;
    const bool is_there = name.contains('/') && std::filesystem::exists(name, ignored);
    diagnosis_.found(
        file_, &command_, name + (is_there ? " cannot be run" : " is not there"),
        "The daemon ends when it cannot start a child. Paths are seen from the folder that the daemon is started in.",
        is_there ? "chmod +x " + name : "make build");
  }

  std::optional<processor::Options> flags() {
    std::vector<const char*> arguments;
    arguments.reserve(words_.size());
    for (const std::string& word : words_) arguments.push_back(word.c_str());
    auto options = processor::parse_options(static_cast<int>(arguments.size()), arguments.data());
    if (options) return *options;
    std::string said = options.error().text.substr(0, options.error().text.find('\n'));
    if (options.error().code == 0) said = "it only prints the help or the version";
    diagnosis_.found(file_, &command_, "executableName: " + said, "The child ends at once, and the daemon with it.",
                     words_.front() + " --help");
    return std::nullopt;
  }

  void stream(const processor::Options& options) {
    const Property* name = file_.find("streamName");
    if (name == nullptr || name->value == options.stream) return;
    diagnosis_.found(file_, &command_,
                     "the child takes the stream for " + limits::in_quotes(options.stream) + ", and the daemon reads " +
                         limits::in_quotes(name->value),
                     "The protocol names no stream, so what the child is told is what its shards are kept under.",
                     "--stream " + name->value);
  }

  void store(const processor::Options& options, const std::string& read) {
    const bool told = std::ranges::any_of(words_, [](const std::string& word) { return word.starts_with("--store"); });
    if (!told || options.store == read) return;
    diagnosis_.found(file_, &command_, "the child writes " + options.store + ", and limits reads " + read,
                     "What is looked at is not what is written.", "export LIMITS_STORE=" + options.store);
  }

  void timeouts(const processor::Options& options) {
    const Property* set = file_.find("timeoutInSeconds");
    std::int64_t daemons = 0;
    if (set != nullptr) std::from_chars(set->value.data(), set->value.data() + set->value.size(), daemons);
    const std::int64_t own = options.batch_timeout.count();
    const std::string own_text = "--batch-timeout " + std::to_string(own);
    if (daemons <= 0) {
      diagnosis_.found(file_, set, "timeoutInSeconds is not set", "The daemon waits for ever for a child that hangs.",
                       "timeoutInSeconds = " + std::to_string(own + kMargin));
    } else if (own == 0 || own >= daemons) {
      diagnosis_.found(file_, own == 0 ? &command_ : set,
                       "timeoutInSeconds is " + count(daemons) + ", and the child has " + own_text +
                           (own == 0 ? ", which means never" : ""),
                       "The daemon ends before the child's own watchdog can say what hung.",
                       own == 0 ? "--batch-timeout " + std::to_string(std::max<std::int64_t>(daemons * 4 / 5, 1))
                                : "timeoutInSeconds = " + std::to_string(own + kMargin));
    }
  }

  void rules(const processor::Options& options) {
    if (const auto rules = processor::load_rules(options.rules); !rules) {
      diagnosis_.found({.what = rules.error(),
                        .file = options.rules,
                        .line = 0,
                        .why = "The child does not start without rules that it understands.",
                        .paste = std::filesystem::exists(options.rules) ? "" : "--rules properties/rules.json"});
    } else {
      diagnosis_.well.push_back("rules " + options.rules);
    }
  }

  /// Between the child's end and the daemon's.
  static constexpr std::int64_t kMargin = 60;

  const PropertiesFile& file_;
  const Property& command_;
  std::vector<std::string> words_;
  Diagnosis& diagnosis_;
};

}  // namespace

void check_child(const PropertiesFile& file, const std::string& store_url, Diagnosis& diagnosis) {
  const Property* command = file.find("executableName");
  if (command != nullptr) ChildCheck(file, *command, diagnosis).run(store_url);
}

}  // namespace cli
