#include "processor/rules_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits/sha256.h"

namespace processor {
namespace {

/// No file system that rules are kept on has a coarser clock.
constexpr std::chrono::seconds kCoarsestClock{2};

struct Content {
  std::string text;
  RulesFile::Stamp stamp;
};

std::unexpected<std::string> unreadable(const std::string& path, const char* why) {
  return std::unexpected(fmt::format("{}: cannot read the rules: {}", path, why));
}

RulesFile::Stamp stamp_of(const struct stat& file) {
  return {.device = file.st_dev,
          .inode = file.st_ino,
          .size = file.st_size,
          .changed = std::chrono::seconds(file.st_ctim.tv_sec) + std::chrono::nanoseconds(file.st_ctim.tv_nsec)};
}

std::expected<RulesFile::Stamp, std::string> stamp_of(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) return unreadable(path, std::strerror(errno));
  return stamp_of(file);
}

/// Whether a later edit could leave it as it is, because the clock of the file system has not moved on.
bool is_young(const RulesFile::Stamp& stamp) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return now - stamp.changed < kCoarsestClock;
}

class File {
 public:
  /// Not to wait for a writer, should it be a pipe.
  explicit File(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::expected<Content, std::string> read(const std::string& path) {
  const File file(path);
  struct stat status{};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &status) != 0) return unreadable(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return unreadable(path, "it is no regular file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > kMaxRulesBytes) {
    return std::unexpected(fmt::format("{}: has {} bytes; a rules file has at most {}", path, size, kMaxRulesBytes));
  }
  Content content{.text = std::string(size, '\0'), .stamp = stamp_of(status)};
  std::size_t done = 0;
  while (done < size) {
    const ssize_t some = ::read(file.descriptor(), content.text.data() + done, size - done);
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return unreadable(path, std::strerror(errno));
    if (some == 0) break;  // it became shorter
    done += static_cast<std::size_t>(some);
  }
  content.text.resize(done);
  return content;
}

/// For the one who named it on the command line.
std::expected<Content, std::string> read_named(const std::string& path) {
  auto content = read(path);
  if (!content) content.error() += ". Name the file with --rules";
  return content;
}

std::string version_of(std::string_view text) {
  limits::Sha256 hash;
  hash.add(text);
  return limits::to_hex(hash.finish());
}

/// One line, however many rules are idle.
void warn_of_idle(const limits::Rules& rules, Log& log) {
  const auto& warnings = rules.warnings();
  if (warnings.empty()) return;
  const std::string more = warnings.size() == 1 ? "" : fmt::format(", and {} more like it", warnings.size() - 1);
  log.warning(warnings.front().what + more);
}

}  // namespace

std::expected<std::string, std::string> read_rules(const std::string& path) {
  auto content = read(path);
  if (!content) return std::unexpected(content.error());
  return std::move(content->text);
}

std::expected<limits::Rules, std::string> load_rules(const std::string& path) {
  const auto content = read_named(path);
  if (!content) return std::unexpected(content.error());
  auto rules = limits::Rules::parse(content->text, path);
  if (!rules) return std::unexpected(rules.error().what);
  return std::move(*rules);
}

std::expected<RulesFile, std::string> RulesFile::open(std::string path, Log& log) {
  const auto content = read_named(path);
  if (!content) return std::unexpected(content.error());
  auto rules = limits::Rules::parse(content->text, path);
  if (!rules) return std::unexpected(rules.error().what);
  warn_of_idle(*rules, log);
  return RulesFile(std::move(path), log, std::move(*rules), content->stamp);
}

void RulesFile::refresh() {
  const auto now = stamp_of(path_);
  if (!now) return refuse(now.error());
  if (seen_ == *now && !is_young(*now)) return;
  const auto content = read(path_);
  if (!content) return refuse(content.error());
  seen_ = content->stamp;
  take(content->text);
}

void RulesFile::take(const std::string& text) {
  const std::string version = version_of(text);
  if (version == refused_.version) return refuse(refused_.problem);
  if (version != rules_.version()) {
    auto rules = limits::Rules::parse(text, path_);
    if (!rules) {
      refused_ = {.version = version, .problem = rules.error().what};
      return refuse(refused_.problem);
    }
    rules_ = std::move(*rules);
  } else if (problem_.empty()) {
    return;
  }
  problem_.clear();
  log_->info(fmt::format("{}: in force from here on, version {}", path_, version));
  warn_of_idle(rules_, *log_);
}

void RulesFile::refuse(const std::string& problem) {
  if (problem == problem_) return;
  problem_ = problem;
  log_->warning(fmt::format("{} (the rules before it stay in force, version {})", problem, rules_.version()));
}

}  // namespace processor
