#include "processor/log.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <mutex>

#include <nlohmann/json.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace processor {
namespace {

constexpr std::size_t kFileBytes = 10 * 1024 * 1024;
constexpr std::size_t kOldFiles = 3;
constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ [%n] %*";
constexpr const char* kJsonPattern =
    R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","shard":"%n","pid":%P,"message":%*})";
constexpr const char* kStderrPattern = "[%n] %l: %*";

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// %* : the message as a JSON string. Bytes that are no UTF-8 are replaced, so that every line stays JSON.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string text(message.payload.data(), message.payload.size());
    const std::string json = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out.append(json.data(), json.data() + json.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
};

/// %* : the message in one line, with control characters as \xNN: what it quotes came from outside, and a log is read
/// on a terminal.
class TextMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view text(message.payload.data(), message.payload.size());
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool is_control_of_two = byte(at) == 0xc2 && byte(at + 1) >= 0x80 && byte(at + 1) < 0xa0;
      if (is_control_of_two) ++at;
      if (is_control_of_two || byte(at) < 0x20 || byte(at) == 0x7f) {
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte(at));
      } else {
        out.push_back(text[at]);
      }
    }
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<TextMessage>(); }
};

template <class Message>
std::unique_ptr<spdlog::formatter> formatter(const char* pattern) {
  auto made = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  made->add_flag<Message>('*').set_pattern(pattern);
  return made;
}

/// The name of a shard or stream as Kinesis allows it: letters, digits, and these three.
std::string plain_name(std::string_view name) {
  std::string plain(name);
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.-").contains(c);
  };
  std::ranges::replace_if(plain, std::not_fn(is_plain), '_');
  return plain;
}

}  // namespace

struct Log::Impl {
  LogOptions options;
  std::mutex mutex;  // open_file exchanges the logger that other threads write to
  spdlog::logger logger{"limits-processor"};
};

Log::Log(LogOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  auto to_stderr = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  to_stderr->set_level(spdlog::level::warn);
  to_stderr->set_formatter(formatter<TextMessage>(kStderrPattern));
  impl_->logger.sinks().push_back(std::move(to_stderr));
  impl_->logger.set_level(spdlog_level(impl_->options.level));
  impl_->logger.flush_on(spdlog::level::info);
}

Log::~Log() = default;

void Log::open_file(std::string_view stream, std::string_view shard) {
  const auto& sinks = impl_->logger.sinks();
  spdlog::logger named(plain_name(shard), sinks.begin(), sinks.end());
  named.set_level(impl_->logger.level());
  named.flush_on(spdlog::level::info);
  if (!impl_->options.directory.empty()) {
    const std::string path = impl_->options.directory + "/" + plain_name(stream) + "." + plain_name(shard) + ".log";
    try {
      auto file = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, kFileBytes, kOldFiles);
      file->set_formatter(impl_->options.json ? formatter<JsonMessage>(kJsonPattern)
                                              : formatter<TextMessage>(kTextPattern));
      named.sinks().push_back(std::move(file));
    } catch (const spdlog::spdlog_ex& failure) {
      named.warn("no log file for this shard: {}. Make the folder writable or give another one with --log-dir",
                 failure.what());
    }
  }
  const std::scoped_lock lock(impl_->mutex);
  impl_->logger.swap(named);
}

bool Log::enabled(LogLevel level) const {
  return level >= impl_->options.level;
}

void Log::write(LogLevel level, std::string_view message) {
  const std::scoped_lock lock(impl_->mutex);
  impl_->logger.log(spdlog_level(level), spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace processor
