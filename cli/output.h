#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace cli {

/// How much is said on stderr. Each level includes those before it.
enum class Talk : std::uint8_t { kOff, kError, kWarn, kInfo, kDebug };

/// The only way out of the program: data goes to stdout, talk to stderr. What talk quotes from outside is made
/// printable here; what goes to stdout was made so by whoever laid it out (Table, printable_json).
class Output {
 public:
  Output();
  void set_json(bool json) { json_ = json; }
  void set_talk(Talk talk) { talk_ = talk; }

  /// Data is wanted as JSON.
  [[nodiscard]] bool json() const { return json_; }
  /// Columns of the terminal that stdout is; nothing if it is none.
  [[nodiscard]] std::optional<std::size_t> width() const { return width_; }

  /// stdout, as it is.
  void write(std::string_view text);
  void line(std::string_view text);
  /// stdout, made printable, plus a line end.
  void json_line(std::string_view json);
  /// stdout: exact bytes for a file or a pipe, printable on a terminal; plus a line end.
  void data_line(std::string_view data);
  /// Text of many lines: exact for a file or a pipe, each line printable on a terminal.
  void document(std::string_view text);
  /// For a title: bold where colour is wanted.
  [[nodiscard]] std::string emphasized(std::string_view text) const;

  void error(std::string_view text) { talk(Talk::kError, text); }
  void warn(std::string_view text) { talk(Talk::kWarn, text); }
  void info(std::string_view text) { talk(Talk::kInfo, text); }
  void debug(std::string_view text) { talk(Talk::kDebug, text); }
  /// What to do next. Said to people only: stderr is a terminal, and the data is not wanted as JSON.
  void hint(std::string_view text);
  /// Layout of our own, of several lines, on stderr.
  void usage(std::string_view text);

  /// False if not all of stdout could be written.
  [[nodiscard]] bool flush();

 private:
  friend class Progress;
  void talk(Talk level, std::string_view text);

  std::FILE* out_;
  std::FILE* err_;
  bool json_ = false;
  Talk talk_ = Talk::kInfo;
  bool stdout_colour_ = false;
  bool stderr_colour_ = false;
  bool stderr_is_terminal_ = false;
  std::optional<std::size_t> width_;
};

/// A JSON array on stdout, one element per line, printed as it comes.
class JsonArray {
 public:
  explicit JsonArray(Output& output) : output_(output) {}
  void add(std::string_view json);
  void finish();

 private:
  Output& output_;
  bool empty_ = true;
};

/// A bar on stderr that is redrawn in place; nothing unless stderr is a terminal. Gone when it ends.
class Progress {
 public:
  /// `total` is unknown if it is 0: then only a count is shown.
  Progress(const Output& output, std::string label, std::int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// `done` of the total; `detail` stands behind the bar.
  void show(std::int64_t done, std::string_view detail);

 private:
  bool visible_;
  std::string label_;
  std::int64_t total_;
  std::chrono::steady_clock::time_point next_draw_;
};

}  // namespace cli
