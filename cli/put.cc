#include <chrono>

#include "aws/record_sender.h"
#include "cli/commands.h"
#include "cli/event_input.h"
#include "cli/json.h"
#include "cli/kinesis_options.h"
#include "cli/partition_key.h"
#include "cli/text.h"

namespace cli {
namespace {

class Put final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.optional("FILE", file_, "A JSON array or JSON Lines; - or nothing reads standard input");
    arguments.option("--stream", "NAME", stream_, "The stream to put on (default: user-events)");
    arguments.flag("--allow-broken", allow_broken_,
                   "Put also what is no event, as it stands; its partition key is its SHA-256");
    kinesis_.declare(arguments);
  }

  Outcome<void> run(Context& context) override {
    auto connection = kinesis_.connection(context.output);
    if (!connection) return std::unexpected(connection.error());
    const auto input = EventInput::open(file_);
    if (!input) return std::unexpected(input.error());
    if (input->is_terminal()) context.output.info("reading events from the terminal; Ctrl-D ends them");
    if (input->can_be_read_twice()) {
      if (auto checked = check(context.output, *input); !checked) {
        checked.error().what += "; nothing was put";
        return checked;
      }
    }
    aws::RecordSender sender((*connection)->kinesis, stream_);
    const auto started = std::chrono::steady_clock::now();
    auto sent = send(context.output, *input, sender);
    const auto took = std::chrono::steady_clock::now() - started;
    report(context.output, sender.sent(), std::chrono::duration_cast<std::chrono::milliseconds>(took));
    return sent;
  }

 private:
  /// Calls `use(bytes, partition key)` for each element, until one fails.
  template <class Use>
  Outcome<void> each_record(EventReader reader, Progress& progress, const Use& use) {
    PartitionKeys keys;
    for (std::int64_t records = 0;; ++records) {
      progress.show(reader.consumed(), counted(records, "record"));
      const auto next = reader.next();
      if (!next) return std::unexpected(next.error());
      const std::optional<Element>& element = *next;
      if (!element) return {};
      const auto& [bytes, line] = *element;
      auto key = keys.of_event(bytes);
      if (!key && !allow_broken_) {
        return reader.failure_at(line, key.error() + ". Mend it, or put it as it stands with --allow-broken");
      }
      if (!key) key = PartitionKeys::of_bytes(bytes);
      if (bytes.size() + key->size() > aws::kMostBytesPerRecord) {
        return reader.failure_at(line, "with its partition key more than the " + count(aws::kMostBytesPerRecord) +
                                           " bytes that fit in a record");
      }
      if (auto used = use(bytes, *key); !used) return used;
    }
  }

  Outcome<void> check(Output& output, const EventInput& input) {
    Progress progress(output, "checking", input.size());
    return each_record(input.reader(), progress, [](std::string_view, std::string_view) { return Outcome<void>(); });
  }

  Outcome<void> send(Output& output, const EventInput& input, aws::RecordSender& sender) {
    const auto in_our_words = [this](const aws::Result<void>& result) -> Outcome<void> {
      if (!result) return kinesis_failure(result.error(), stream_);
      return {};
    };
    bool refused = false;
    Outcome<void> read;
    {
      Progress progress(output, "putting", input.size());
      read = each_record(input.reader(), progress, [&](std::string_view bytes, std::string_view key) {
        auto added = in_our_words(sender.add(bytes, key));
        refused = !added;
        return added;
      });
    }
    if (refused) return read;
    // What came before a broken element of a pipe is good.
    if (auto flushed = in_our_words(sender.flush()); !flushed) return flushed;
    if (!read) read.error().what += "; all before it was put, and to put it again does no harm";
    return read;
  }

  void report(Output& output, const aws::RecordSender::Sent& sent, std::chrono::milliseconds took) const {
    if (output.json()) {
      JsonObject shards;
      for (const auto& [shard, records] : sent.records_by_shard) shards.add(shard, records);
      output.json_line(JsonObject()
                           .add("stream", stream_)
                           .add("records", sent.records)
                           .add("bytes", sent.bytes)
                           .add("retried", sent.retried)
                           .raw("shards", shards.str())
                           .str());
    }
    output.info("put " + counted(sent.records, "record") + " (" + bytes(sent.bytes) + ") on " + stream_ + ", " +
                counted(static_cast<std::int64_t>(sent.records_by_shard.size()), "shard") + ", in " +
                duration(took.count()) + (sent.retried > 0 ? ", " + count(sent.retried) + " sent again" : ""));
  }

  std::string file_ = "-";
  std::string stream_{kDefaultStream};
  bool allow_broken_ = false;
  KinesisOptions kinesis_;
};

constexpr Example kExamples[] = {
    {.line = "limits put events.json", .says = "put a file on the stream user-events"},
    {.line = "limits put --stream user-events --endpoint http://127.0.0.1:4567 events.jsonl", .says = "on an emulator"},
    {.line = "zcat events.jsonl.gz | limits put --json -", .says = "from a pipe, with a summary for a program"},
};

}  // namespace

const CommandEntry kPut{
    .name = "put", .summary = "Put events on the stream", .examples = kExamples, .make = make_command<Put>};

}  // namespace cli
