#include "cli/commands.h"
#include "cli/json.h"
#include "cli/kinesis_options.h"
#include "cli/text.h"

namespace cli {
namespace {

class StreamCreate final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.required("NAME", name_, "The stream's name");
    arguments.number_option("--shards", "N", shards_, 1, kMostShards, "How many shards a new stream has (default: 4)");
    kinesis_.declare(arguments);
  }

  Outcome<void> run(Context& context) override {
    auto connection = kinesis_.connection(context.output);
    if (!connection) return std::unexpected(connection.error());
    aws::Kinesis& kinesis = (*connection)->kinesis;

    const auto created = kinesis.create_stream(name_, static_cast<int>(shards_));
    const bool existed = !created && created.error().code == "ResourceInUseException";
    if (!created && !existed) return kinesis_failure(created.error(), name_);
    const auto stream = kinesis.wait_until_active(name_, kUntilActive, aws::sleep_for);
    if (!stream) return kinesis_failure(stream.error(), name_);

    if (context.output.json()) {
      context.output.json_line(JsonObject()
                                   .add("stream", name_)
                                   .add("status", stream->status)
                                   .add("openShards", stream->open_shards)
                                   .raw("created", existed ? "false" : "true")
                                   .str());
    }
    context.output.info("stream " + name_ + (existed ? " was there already" : " created") + ", " +
                        counted(stream->open_shards, "open shard") + ", " + stream->status);
    if (existed && stream->open_shards != shards_) {
      context.output.warn("--shards " + count(shards_) + " was not looked at: the stream has " +
                          count(stream->open_shards));
    }
    return {};
  }

 private:
  static constexpr std::int64_t kMostShards = 10'000;
  /// About two minutes: AWS takes half a minute for a stream.
  static constexpr aws::BackoffBounds kUntilActive{.attempts = 90, .longest = std::chrono::seconds(2)};

  std::string name_;
  std::int64_t shards_ = 4;
  KinesisOptions kinesis_;
};

constexpr Example kExamples[] = {
    {.line = "limits stream create user-events --shards 4", .says = "create it, and wait until it can be used"},
};

}  // namespace

const CommandEntry kStreamCreate{.name = "stream create",
                                 .summary = "Create a stream and wait until it is active",
                                 .examples = kExamples,
                                 .make = make_command<StreamCreate>};

}  // namespace cli
