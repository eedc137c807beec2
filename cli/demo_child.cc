#include "cli/demo_child.h"

#include <chrono>

#include "aws/base64.h"
#include "cli/json.h"

namespace cli {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr auto kPatience = 60s;

}  // namespace

Outcome<DemoChild> DemoChild::start(const std::string& program, const std::string& database, const std::string& rules) {
  // No checkpoint: so a daemon would deliver everything again after a crash.
  auto process =
      ChildProcess::start(program, {"--store", "sqlite:" + database, "--rules", rules, "--stream", "demo", "--log-dir",
                                    "", "--log-level", "error", "--checkpoint-interval", "3600"});
  if (!process) return std::unexpected(process.error());
  DemoChild child(std::move(*process));
  const std::string initialize = JsonObject()
                                     .add("action", "initialize")
                                     .add("shardId", "shardId-000000000000")
                                     .add("sequenceNumber", "TRIM_HORIZON")
                                     .add("subSequenceNumber", 0)
                                     .str();
  if (!child.process_.write(initialize + '\n')) return child.ended();
  if (auto ready = child.wait_for_status(); !ready) return std::unexpected(ready.error());
  return child;
}

Outcome<void> DemoChild::deliver(const std::string& batch) {
  if (!process_.write(batch)) return ended();
  return wait_for_status();
}

Outcome<bool> DemoChild::deliver_and_kill(const std::string& batch, store::Reader& reader) {
  if (!process_.write(batch)) return ended();
  bool in_the_middle = false;
  bool answered = false;
  while (!in_the_middle && !answered) {
    answered = process_.read_line(1ms).has_value();
    if (process_.at_end()) return ended();
    const auto shards = reader.shards();
    if (!shards) return store_failure(shards.error());
    in_the_middle = !shards->empty() && shards->front().verdicts.total() > 0;
  }
  process_.kill();
  process_.wait();
  return !answered && !process_.read_line(0ms);
}

Outcome<void> DemoChild::end() {
  process_.close_input();
  if (const int code = process_.wait(); code != 0) {
    return fail(ExitCode::kFailed, "limits-processor ended with " + std::to_string(code) + "; it says why above");
  }
  return {};
}

Outcome<void> DemoChild::wait_for_status() {
  for (;;) {
    const auto line = process_.read_line(kPatience);
    if (!line) return ended();
    if (line->contains(R"("action":"status")")) return {};
    // It asks for a checkpoint: granted.
    if (!process_.write(JsonObject().add("action", "checkpoint").raw("error", "null").str() + '\n')) return ended();
  }
}

std::unexpected<Failure> DemoChild::ended() {
  return fail(ExitCode::kFailed, "limits-processor ended or fell silent in the middle of the demo; it says why above");
}

std::string batch_of(std::span<const DemoEvent> events) {
  std::string records;
  std::int64_t sequence = 1'000'000;
  for (const DemoEvent& event : events) {
    std::string base64;
    aws::append_base64(base64, event.json);
    records += records.empty() ? "" : ",";
    records += JsonObject()
                   .add("action", "record")
                   .add("data", base64)
                   .add("partitionKey", event.user)
                   .add("sequenceNumber", std::to_string(++sequence))
                   .add("subSequenceNumber", 0)
                   .add("approximateArrivalTimestamp", wall_clock().value)
                   .str();
  }
  return JsonObject()
             .add("action", "processRecords")
             .raw("records", '[' + records + ']')
             .add("millisBehindLatest", 0)
             .str() +
         '\n';
}

}  // namespace cli
