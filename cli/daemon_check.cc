#include "cli/daemon_check.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <optional>

#include <unistd.h>

#include "cli/daemon_keys.h"
#include "cli/text.h"
#include "limits/wording.h"

namespace cli {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

class DaemonCheck {
 public:
  DaemonCheck(const PropertiesFile& file, const Load& load, Diagnosis& diagnosis)
      : file_(file), load_(load), diagnosis_(diagnosis) {}

  void run() {
    keys();
    required();
    grace();
    tick();
    const bool polling = retrieval();
    if (polling) heap();
  }

 private:
  void keys() {
    for (const Property& property : file_.all()) {
      if (is_daemon_key(property.key)) continue;
      const auto meant = nearest_daemon_key(property.key);
      diagnosis_.found(file_, &property,
                       "there is no key " + limits::in_quotes(property.key) +
                           (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : ""),
                       "The daemon passes over a key that it does not know, and says nothing.",
                       meant ? std::string(*meant) + " = " + property.value : "");
    }
  }

  void required() {
    struct Required {
      std::string_view key;
      std::string_view paste;
    };
    static constexpr std::array<Required, 3> kRequired{
        {{.key = "applicationName", .paste = "applicationName = user-limits"},
         {.key = "executableName",
          .paste = "executableName = build/release/bin/limits-processor --stream user-events --rules "
                   "properties/rules.json --log-dir var/log"},
         {.key = "awsCredentialsProvider", .paste = "AwsCredentialsProvider = DefaultCredentialsProvider"}}};
    for (const auto& [key, paste] : kRequired) {
      if (is_set(key)) continue;
      diagnosis_.found(file_, file_.find(key), std::string(key) + " is not set",
                       "The daemon does not start without it.", std::string(paste));
    }
    if (!is_set("streamName") && !is_set("streamArn")) {
      diagnosis_.found(file_, file_.find("streamName"), "streamName is not set",
                       "The daemon does not start without it.", "streamName = user-events");
    }
  }

  void grace() {
    static constexpr std::string_view kPaste = "shutdownGraceMillis = 35000";
    const Property* grace = file_.find("shutdownGraceMillis");
    if (grace != nullptr && whole_number(grace->value).value_or(0) > 0) return;
    diagnosis_.found(
        file_, grace,
        grace == nullptr ? "shutdownGraceMillis is not set"
                         : "shutdownGraceMillis is " + limits::in_quotes(grace->value),
        "After SIGTERM the children have no time for a last checkpoint, so records come again, and the next start may "
        "wait two minutes for the old leader's lock.",
        std::string(kPaste));
  }

  void tick() {
    const Property* tick = file_.find("callProcessRecordsEvenForEmptyRecordList");
    if (tick != nullptr && tick->value == "true") return;
    diagnosis_.found(file_, tick, "callProcessRecordsEvenForEmptyRecordList is not true",
                     "Without the tick of empty batches, the last records before a pause are never checkpointed.",
                     "callProcessRecordsEvenForEmptyRecordList = true");
  }

  /// Whether the daemon polls.
  bool retrieval() {
    static constexpr std::array<std::string_view, 5> kPolling{"idleTimeBetweenReadsInMillis", "maxGetRecordsThreadPool",
                                                              "maxRecords", "millisBehindLatestThresholdForReducedTps",
                                                              "retryGetRecordsInSeconds"};
    static constexpr std::array<std::string_view, 3> kModes{"POLLING", "FANOUT", "DEFAULT"};
    const Property* mode = file_.find("retrievalMode");
    std::string word = mode == nullptr ? "DEFAULT" : mode->value;
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::toupper(c); });
    const auto is_set = [this](std::string_view key) { return file_.find(key) != nullptr; };
    if (word == "POLLING" || (word == "DEFAULT" && std::ranges::any_of(kPolling, is_set))) return true;
    if (std::ranges::find(kModes, word) == kModes.end()) {
      diagnosis_.found(file_, mode,
                       "retrievalMode: expected " + limits::one_of(kModes) + ", found " + limits::in_quotes(word),
                       "The daemon does not start.", "retrievalMode = POLLING");
      return false;
    }
    diagnosis_.found(
        file_, mode, mode == nullptr ? "retrievalMode is not set, which means FANOUT" : "retrievalMode is FANOUT",
        "A consumer is registered and paid for by the hour and shard, and maxRecords does not hold: nothing bounds the "
        "line that the daemon builds in memory.",
        "retrievalMode = POLLING");
    return false;
  }

  void heap() {
    // As base64 with the fields around it, a record of 10 kB is 14 kB of the line; the daemon needs six times the line.
    static constexpr double kHeapPerByte = 1.4 * 6;
    static constexpr std::int64_t kDaemonsOwn = 10'000;
    const Property* records = file_.find("maxRecords");
    const std::int64_t set = records == nullptr ? 0 : whole_number(records->value).value_or(0);
    const std::int64_t most = set > 0 ? set : kDaemonsOwn;
    const double per_record = kHeapPerByte * static_cast<double>(load_.record_bytes * load_.shards);
    const auto need = static_cast<std::int64_t>(per_record * static_cast<double>(most));
    if (need <= load_.heap_bytes) return;
    const auto fits = static_cast<std::int64_t>(static_cast<double>(load_.heap_bytes) / per_record);
    diagnosis_.found(
        file_, records,
        "maxRecords " + (set > 0 ? "is " : std::string("is not set, so it is ")) + count(most) + ", which may take " +
            bytes(need) + " of heap, and the daemon has " + bytes(load_.heap_bytes),
        "The daemon builds a batch as one line: " + counted(load_.shards, "shard") + " of " + count(most) +
            " records of " + bytes(load_.record_bytes) +
            ". If it does not fit, the daemon dies on it again and again. (--heap, --shards and --record-bytes say "
            "what you have.)",
        "maxRecords = " + std::to_string(std::max<std::int64_t>(fits, 1)));
  }

  [[nodiscard]] bool is_set(std::string_view key) const {
    const Property* property = file_.find(key);
    return property != nullptr && !property->value.empty();
  }

  const PropertiesFile& file_;
  const Load& load_;
  Diagnosis& diagnosis_;
};

}  // namespace

std::int64_t default_heap_bytes() {
  std::int64_t memory = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  // "max", which is no number, where a container has no bound.
  std::int64_t of_container = 0;
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> of_container) memory = std::min(memory, of_container);
  return memory / 10 * 6;
}

void check_daemon(const PropertiesFile& file, const Load& load, Diagnosis& diagnosis) {
  const std::size_t before = diagnosis.findings.size();
  DaemonCheck(file, load, diagnosis).run();
  diagnosis.well_unless_found(before,
                              file.path() + ": " + counted(std::ssize(file.all()), "setting") + " of the daemon");
}

}  // namespace cli
