#include "cli/output.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/text.h"

namespace cli {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kStartOfLineCleared = "\r\x1b[K";
constexpr std::size_t kUsualWidth = 80;

/// https://no-color.org: set and not empty means no colour.
bool colour_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb";
}

void put(std::FILE* to, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), to);
}

/// COLUMNS, if it is a number, wins over what the terminal says of itself.
std::size_t terminal_width() {
  const char* const set = std::getenv("COLUMNS");
  const std::string_view columns = set == nullptr ? "" : set;
  std::size_t wanted = 0;
  const auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), wanted);
  if (error == std::errc() && end == columns.data() + columns.size() && wanted > 0) return wanted;
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualWidth;
}

std::string painted(bool colour, std::string_view paint, std::string_view text) {
  return colour ? fmt::format("{}{}{}", paint, text, kPlain) : std::string(text);
}

}  // namespace

Output::Output() : out_(stdout), err_(stderr) {
  stderr_is_terminal_ = isatty(STDERR_FILENO) == 1;
  const bool colour = colour_wanted();
  stderr_colour_ = stderr_is_terminal_ && colour;
  if (isatty(STDOUT_FILENO) == 1) {
    stdout_colour_ = colour;
    width_ = terminal_width();
  }
}

void Output::write(std::string_view text) {
  put(out_, text);
}

void Output::line(std::string_view text) {
  put(out_, text);
  put(out_, "\n");
}

void Output::json_line(std::string_view json) {
  line(printable_json(json));
}

void Output::data_line(std::string_view data) {
  line(width_ ? printable(data) : data);
}

void Output::document(std::string_view text) {
  if (!width_) {
    write(text);
    return;
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line(printable(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string Output::emphasized(std::string_view text) const {
  return painted(stdout_colour_, kBold, text);
}

void Output::talk(Talk level, std::string_view text) {
  if (level > talk_) return;
  // Data that was printed before this was said stands before it on the terminal too.
  std::fflush(out_);
  std::string prefix;
  if (level == Talk::kError) prefix = painted(stderr_colour_, kRed, "limits:") + ' ';
  if (level == Talk::kWarn) prefix = painted(stderr_colour_, kYellow, "limits: warning:") + ' ';
  put(err_, prefix + printable(text) + '\n');
}

void Output::hint(std::string_view text) {
  if (stderr_is_terminal_ && !json_ && talk_ >= Talk::kInfo) {
    std::fflush(out_);
    put(err_, painted(stderr_colour_, kDim, "next: " + printable(text)) + '\n');
  }
}

void Output::usage(std::string_view text) {
  put(err_, text);
}

bool Output::flush() {
  return std::fflush(out_) == 0 && std::ferror(out_) == 0;
}

void JsonArray::add(std::string_view json) {
  output_.write(empty_ ? "[\n" : ",\n");
  output_.write(printable_json(json));
  empty_ = false;
}

void JsonArray::finish() {
  output_.line(empty_ ? "[]" : "\n]");
}

Progress::Progress(const Output& output, std::string label, std::int64_t total)
    : visible_(output.stderr_is_terminal_ && output.talk_ >= Talk::kInfo), label_(std::move(label)), total_(total) {}

Progress::~Progress() {
  if (visible_) put(stderr, kStartOfLineCleared);
}

void Progress::show(std::int64_t done, std::string_view detail) {
  constexpr std::chrono::milliseconds kBetweenDraws{100};
  constexpr std::int64_t kBarWidth = 30;
  const auto now = std::chrono::steady_clock::now();
  if (!visible_ || now < next_draw_) return;
  next_draw_ = now + kBetweenDraws;
  std::string bar;
  if (total_ > 0) {
    const std::int64_t full = std::min(done, total_) * kBarWidth / total_;
    bar = fmt::format(" [{:#<{}}{:.<{}}] {:3}%", "", full, "", kBarWidth - full, std::min(done, total_) * 100 / total_);
  }
  put(stderr, fmt::format("{}{}{} {}", kStartOfLineCleared, label_, bar, detail));
}

}  // namespace cli
