// A daemon as light as can be, around one child or many: replays session files over their pipes and measures the
// children.
//
//     drive [--every MS] SESSION... -- PROGRAM ARGUMENT...
//
// One child per session, all at once; "{}" in an argument becomes the child's number. Every line is sent when the
// status of the one before has come, and not before MS milliseconds after it was sent; every checkpoint is granted.
// Prints one JSON object; a child that ends early or asks for what no daemon knows is an error.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}
[[noreturn]] void fail_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// A file's lines, mapped: the driver copies nothing but into the pipe.
class SessionFile {
 public:
  explicit SessionFile(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info{};
    if (fd < 0 || ::fstat(fd, &info) != 0) fail_errno(path);
    size_ = static_cast<std::size_t>(info.st_size);
    void* bytes = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    ::close(fd);
    if (bytes == MAP_FAILED) fail_errno(path);
    bytes_ = static_cast<const char*>(bytes);
    for (std::string_view rest{bytes_, size_}; !rest.empty();) {
      const auto length = rest.find('\n') + 1;
      lines_.push_back(rest.substr(0, length));
      records_.push_back(count_records(lines_.back()));
      rest.remove_prefix(length);
    }
  }
  ~SessionFile() { ::munmap(const_cast<char*>(bytes_), size_); }
  SessionFile(const SessionFile&) = delete;
  SessionFile& operator=(const SessionFile&) = delete;

  [[nodiscard]] const std::vector<std::string_view>& lines() const { return lines_; }
  [[nodiscard]] std::size_t records_in(std::size_t line) const { return records_[line]; }

 private:
  static std::size_t count_records(std::string_view line) {
    constexpr std::string_view kRecord = R"("action":"record")";
    std::size_t count = 0;
    for (auto at = line.find(kRecord); at != line.npos; at = line.find(kRecord, at + kRecord.size())) ++count;
    return count;
  }

  const char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::vector<std::string_view> lines_;
  std::vector<std::size_t> records_;
};

class Child {
 public:
  Child(const SessionFile& session, Clock::duration every, std::vector<std::string> arguments)
      : session_(session), every_(every), started_(Clock::now()) {
    int to_child[2], from_child[2];
    if (::pipe2(to_child, O_CLOEXEC) != 0 || ::pipe2(from_child, O_CLOEXEC) != 0) fail_errno("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to_child[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from_child[1], STDOUT_FILENO);
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const int error = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(to_child[0]);
    ::close(from_child[1]);
    if (error != 0) throw std::system_error(error, std::generic_category(), arguments[0]);
    in_ = to_child[1];
    out_ = from_child[0];
    ::fcntl(in_, F_SETFL, O_NONBLOCK);
    send(session_.lines()[0]);
  }
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(in_);
    ::close(out_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] bool done() const { return line_ == session_.lines().size(); }
  /// When the next line may be sent, while there is one that waits for that.
  [[nodiscard]] std::optional<Clock::time_point> due() const { return due_; }
  [[nodiscard]] pollfd reads() const { return {out_, static_cast<short>(done() ? 0 : POLLIN), 0}; }
  [[nodiscard]] pollfd writes() const { return {unsent_.empty() ? -1 : in_, POLLOUT, 0}; }

  void send_next() {
    due_.reset();
    sent_ = Clock::now();
    send(session_.lines()[line_]);
  }

  void write_more() {
    while (!unsent_.empty()) {
      const auto count = ::write(in_, unsent_.data(), unsent_.size());
      if (count < 0 && errno == EAGAIN) return;
      if (count < 0) fail_errno("the child reads no more");
      unsent_.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void read_more() {
    char bytes[4096];
    const auto count = ::read(out_, bytes, sizeof bytes);
    if (count <= 0) fail("the child ended in the middle of its session, at line " + std::to_string(line_ + 1));
    answer_.append(bytes, static_cast<std::size_t>(count));
    for (auto end = answer_.find('\n'); end != answer_.npos; end = answer_.find('\n')) {
      hear(std::string_view(answer_).substr(0, end));
      answer_.erase(0, end + 1);
    }
  }

  /// Closes the child's input and waits for its end; what it measured.
  Json finish() {
    const auto memory = peak_kb();
    ::close(std::exchange(in_, -1));
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    std::sort(batches_.begin(), batches_.end());
    const double seconds = std::chrono::duration<double>(last_status_ - first_status_).count();
    return {{"records", records_},
            {"seconds", seconds},
            {"cpu_us_per_record", records_ == 0 ? 0 : 1e6 * cpu_ / static_cast<double>(records_)},
            {"first_status_ms", milliseconds(first_status_ - started_)},
            {"idle_kb", idle_kb_},
            {"peak_kb", memory},
            {"batch_ms_p50", quantile(0.5)},
            {"batch_ms_p99", quantile(0.99)},
            {"batch_ms_max", quantile(1)},
            {"checkpoints", checkpoints_},
            {"exit", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status)}};
  }

 private:
  void send(std::string_view bytes) {
    unsent_ = bytes;
    write_more();
  }

  void hear(std::string_view line) {
    if (line.find_first_not_of(" \r") == line.npos) return;
    if (line.find(R"("checkpoint")") != line.npos) {
      ++checkpoints_;
      grant_ = R"({"action":"checkpoint","sequenceNumber":)" + member(line, "sequenceNumber") +
               R"(,"subSequenceNumber":)" + member(line, "subSequenceNumber") + R"(,"error":null})" + "\n";
      return send(grant_);
    }
    if (line.find(R"("status")") == line.npos) fail("the child said " + std::string(line));
    finish_line();
  }

  void finish_line() {
    last_status_ = Clock::now();
    if (line_ == 0) {
      first_status_ = last_status_;
      idle_kb_ = status_kb("VmRSS:");
      cpu_before_ = cpu_seconds();
    } else {
      batches_.push_back(milliseconds(last_status_ - sent_));
      records_ += session_.records_in(line_);
    }
    if (++line_ == session_.lines().size()) {
      cpu_ = cpu_seconds() - cpu_before_;
      return;
    }
    due_ = std::max(last_status_, sent_ + every_);
  }

  /// The text of a member's value, which is a string, a number or null; null if it is not there: the Node client says
  /// no sub-sequence number.
  static std::string member(std::string_view line, std::string_view name) {
    const auto at = line.find("\"" + std::string(name) + "\"");
    if (at == line.npos) return "null";
    const auto begin = line.find_first_not_of(": ", at + name.size() + 2);
    return std::string(line.substr(begin, line.find_first_of(",}", begin) - begin));
  }

  /// User and system time of the whole process, to the nanosecond.
  [[nodiscard]] double cpu_seconds() const {
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
      fail("no CPU clock of the child");
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  [[nodiscard]] long status_kb(const std::string& field) const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string word; status >> word;) {
      if (long kb = 0; word == field && status >> kb) return kb;
    }
    fail(field + " is missing in the child's status");
  }
  [[nodiscard]] long peak_kb() const { return status_kb("VmHWM:"); }

  [[nodiscard]] double quantile(double q) const {
    return batches_.empty() ? 0 : batches_[static_cast<std::size_t>(q * static_cast<double>(batches_.size() - 1))];
  }

  const SessionFile& session_;
  const Clock::duration every_;
  std::optional<Clock::time_point> due_;
  Clock::time_point started_, first_status_, last_status_, sent_;
  pid_t pid_ = -1;
  int in_ = -1, out_ = -1;
  std::size_t line_ = 0;  ///< The line that waits for its status.
  std::string_view unsent_;
  std::string grant_, answer_;
  std::vector<double> batches_;
  std::size_t records_ = 0, checkpoints_ = 0;
  long idle_kb_ = 0;
  double cpu_before_ = 0, cpu_ = 0;
};

/// For poll: how long until then; for ever, if that is never.
int patience(Clock::time_point until) {
  if (until == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

void drive(std::span<const std::unique_ptr<Child>> children) {
  std::vector<pollfd> fds;
  while (!std::ranges::all_of(children, &Child::done, [](const auto& child) -> const Child& { return *child; })) {
    fds.clear();
    auto next = Clock::time_point::max();
    for (const auto& child : children) {
      if (child->due() && *child->due() <= Clock::now()) child->send_next();
      next = std::min(next, child->due().value_or(next));
      fds.push_back(child->reads());
      fds.push_back(child->writes());
    }
    if (::poll(fds.data(), fds.size(), patience(next)) < 0 && errno != EINTR) fail_errno("poll");
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (fds[2 * i + 1].revents != 0) children[i]->write_more();
      if (fds[2 * i].revents != 0 && !children[i]->done()) children[i]->read_more();
    }
  }
}

int run(std::vector<std::string> words) {
  std::chrono::milliseconds every{0};
  if (words.size() > 1 && words[0] == "--every") {
    every = std::chrono::milliseconds{std::stol(words[1])};
    words.erase(words.begin(), words.begin() + 2);
  }
  const auto separator = std::ranges::find(words, "--");
  if (separator == words.begin() || separator == words.end() || separator + 1 == words.end()) {
    fail("usage: drive [--every MS] SESSION... -- PROGRAM ARGUMENT...");
  }
  std::vector<std::unique_ptr<SessionFile>> sessions;
  for (auto path = words.begin(); path != separator; ++path) sessions.push_back(std::make_unique<SessionFile>(*path));

  const auto start = Clock::now();
  std::vector<std::unique_ptr<Child>> children;
  for (std::size_t number = 0; number < sessions.size(); ++number) {
    std::vector<std::string> arguments(separator + 1, words.end());
    for (auto& argument : arguments) {
      if (const auto at = argument.find("{}"); at != argument.npos) argument.replace(at, 2, std::to_string(number));
    }
    children.push_back(std::make_unique<Child>(*sessions[number], every, std::move(arguments)));
  }
  drive(children);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

  Json results = Json::array();
  for (const auto& child : children) results.push_back(child->finish());
  std::cout << Json{{"seconds", seconds}, {"children", std::move(results)}}.dump() << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "drive: " << error.what() << "\n";
    return 1;
  }
}
