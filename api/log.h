#pragma once

#include <string_view>

namespace api {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Lines on stderr, each with its time. Any thread.
class Log {
 public:
  explicit Log(LogLevel level) : level_(level) {}

  [[nodiscard]] bool enabled(LogLevel level) const { return level >= level_; }
  void debug(std::string_view message) const { write(LogLevel::kDebug, message); }
  void info(std::string_view message) const { write(LogLevel::kInfo, message); }
  void warning(std::string_view message) const { write(LogLevel::kWarning, message); }
  void error(std::string_view message) const { write(LogLevel::kError, message); }

 private:
  void write(LogLevel level, std::string_view message) const;

  LogLevel level_;
};

}  // namespace api
