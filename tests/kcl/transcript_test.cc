#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "kcl/session.h"
#include "tests/kcl/fakes.h"

namespace kcl {
namespace {

namespace fs = std::filesystem;

/// Does what the partition keys of the records tell it to.
class ScriptedProcessor final : public RecordProcessor {
 public:
  Result<void> initialize(const Initialize&) override { return {}; }
  Result<void> process_records(const Batch& batch, Checkpointer& checkpointer) override {
    for (const Record& record : batch.records) {
      if (record.partition_key == "fail") return std::unexpected(Error{"the store is gone"});
      Result<CheckpointOutcome> outcome = CheckpointOutcome::kAccepted;
      if (record.partition_key == "checkpoint here") outcome = checkpointer.checkpoint(record.position);
      if (record.partition_key == "checkpoint all") outcome = checkpointer.checkpoint_all(std::chrono::seconds(1));
      if (!outcome) return std::unexpected(outcome.error());
    }
    return {};
  }
  Result<void> lease_lost() override { return {}; }
  Result<void> shard_ended() override { return {}; }
  Result<void> shutdown_requested(Checkpointer& checkpointer) override {
    const auto outcome = checkpointer.checkpoint_all(Checkpointer::kShutdownBudget);
    if (!outcome) return std::unexpected(outcome.error());
    return {};
  }
};

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  EXPECT_TRUE(in.eof()) << file;
  return lines;
}

/// A whole session: what the daemon sends is in NAME.in.jsonl, all that we write is in NAME.out.jsonl. If the session
/// ends with an error, that is the last line, {"error": …}; warnings are lines {"warning": …}.
class Transcript : public testing::TestWithParam<std::string> {};

TEST_P(Transcript, IsWhatTheDaemonReads) {
  const fs::path stem = fs::path(TEST_SOURCE_DIR) / "../transcripts" / GetParam();
  ScriptedSource source(lines_of(stem.string() + ".in.jsonl"));
  CollectingSink sink;
  FakeClock clock;
  ScriptedProcessor processor;
  const auto warn = [&](std::string_view what) { sink.lines.push_back(nlohmann::json{{"warning", what}}.dump()); };

  const auto session = run_session(processor, source, sink, clock, warn);

  if (!session) sink.lines.push_back(nlohmann::json{{"error", session.error().what}}.dump());
  EXPECT_THAT(sink.lines, testing::ElementsAreArray(lines_of(stem.string() + ".out.jsonl")));
}

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(fs::path(TEST_SOURCE_DIR) / "../transcripts")) {
    const std::string file = entry.path().filename();
    constexpr std::string_view kEnd = ".in.jsonl";
    if (file.ends_with(kEnd)) found.push_back(file.substr(0, file.size() - kEnd.size()));
  }
  std::ranges::sort(found);
  return found;
}

INSTANTIATE_TEST_SUITE_P(Sessions, Transcript, testing::ValuesIn(names()), [](const auto& test) { return test.param; });

}  // namespace
}  // namespace kcl
