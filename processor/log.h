#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace processor {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogOptions {
  std::string directory = "var/log";  ///< empty: no files
  LogLevel level = LogLevel::kInfo;
  bool json = false;  ///< JSON lines instead of text in the file
};

/// What the child tells people. stderr belongs to the daemon, which logs each line of it as an error, so only warnings
/// and worse go there; everything from `level` up goes to a file per shard, which is rotated. Any thread.
class Log {
 public:
  explicit Log(LogOptions);
  ~Log();

  /// From here on lines go to `directory`/`stream`.`shard`.log too. A file that cannot be opened is a warning, not an
  /// error: the records matter more.
  void open_file(std::string_view stream, std::string_view shard);

  [[nodiscard]] bool enabled(LogLevel) const;
  void write(LogLevel, std::string_view message);
  void debug(std::string_view message) { write(LogLevel::kDebug, message); }
  void info(std::string_view message) { write(LogLevel::kInfo, message); }
  void warning(std::string_view message) { write(LogLevel::kWarning, message); }
  void error(std::string_view message) { write(LogLevel::kError, message); }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace processor
