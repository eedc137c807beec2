#include "processor/options.h"

#include <map>

#include <CLI/CLI.hpp>

namespace processor {
namespace {

const std::map<std::string, LogLevel> kLevels = {{"debug", LogLevel::kDebug},
                                                 {"info", LogLevel::kInfo},
                                                 {"warning", LogLevel::kWarning},
                                                 {"error", LogLevel::kError}};

constexpr const char* kDescription =
    "Applies a shard's limit events to a store. Started by the KCL MultiLangDaemon, one process per shard; it speaks "
    "the\n"
    "daemon's protocol on stdin and stdout. In the daemon's properties file:\n\n"
    "  executableName = limits-processor --stream user-events --store sqlite:var/limits.db\n";

}  // namespace

std::expected<Options, Exit> parse_options(int argc, const char* const* argv) {
  Options options;
  std::int64_t interval = options.checkpoint_interval.count();
  std::int64_t timeout = options.batch_timeout.count();
  std::string durability = "checkpoint";
  std::string log_format = "text";

  CLI::App app(kDescription, "limits-processor");
  app.option_defaults()->always_capture_default();
  app.set_version_flag("--version", "limits-processor " USER_LIMITS_VERSION);
  app.add_option("--store", options.store, "where limits are kept: sqlite:PATH")
      ->envname("LIMITS_STORE")
      ->type_name("URL");
  app.add_option("--stream", options.stream, "the stream's name, which the daemon does not tell")->type_name("NAME");
  app.add_option("--rules", options.rules, "which event goes to which handler")->type_name("FILE");
  app.add_option("--checkpoint-interval", interval,
                 "seconds between checkpoints while records flow; 0: after every batch")
      ->type_name("SECONDS")
      ->check(CLI::Range(0, 3600));
  app.add_option("--durability", durability, "what survives a power cut: all that is checkpointed, or every batch")
      ->check(CLI::IsMember({"checkpoint", "batch"}));
  app.add_option("--batch-timeout", timeout, "end the process if one batch takes so many seconds; 0: never")
      ->type_name("SECONDS")
      ->check(CLI::Range(0, 86400));
  app.add_option("--log-dir", options.log.directory, "folder of the log files, one per shard; empty: none")
      ->type_name("DIR");
  app.add_option("--log-level", options.log.level, "debug, info, warning or error")
      ->transform(CLI::CheckedTransformer(kLevels, CLI::ignore_case))
      ->type_name("LEVEL")
      ->default_str("info");
  app.add_option("--log-format", log_format, "of the log files")->check(CLI::IsMember({"text", "json"}));

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(Exit{0, app.help()});
  } catch (const CLI::CallForVersion& version) {
    return std::unexpected(Exit{0, std::string(version.what()) + "\n"});
  } catch (const CLI::ParseError& error) {
    return std::unexpected(Exit{
        2, "limits-processor: " + std::string(error.what()) + "\nSee the flags there are: limits-processor --help\n"});
  }
  options.checkpoint_interval = std::chrono::seconds(interval);
  options.batch_timeout = std::chrono::seconds(timeout);
  options.durable_batches = durability == "batch";
  options.log.json = log_format == "json";
  return options;
}

}  // namespace processor
