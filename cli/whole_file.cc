#include "cli/whole_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cli {
namespace {

/// Gone when it ends, unless it has taken its place.
class NewFile {
 public:
  explicit NewFile(std::string name)
      : name_(std::move(name)), descriptor_(::mkostemp(name_.data(), O_CLOEXEC)), is_there_(descriptor_ >= 0) {}
  ~NewFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (is_there_) ::unlink(name_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] bool fill(std::string_view bytes, mode_t mode) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fchmod(descriptor_, mode) == 0 && ::fsync(descriptor_) == 0;
  }
  [[nodiscard]] bool take_place_of(const std::string& path) {
    if (::rename(name_.c_str(), path.c_str()) != 0) return false;
    is_there_ = false;
    return true;
  }

 private:
  std::string name_;
  int descriptor_;
  bool is_there_;
};

}  // namespace

Outcome<std::string> read_whole(const std::string& path, std::size_t most) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& input = path == "-" ? std::cin : file;
  std::string bytes(most + 1, '\0');
  input.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!input.eof()) {
    const std::string why =
        input.gcount() > 0 ? "has more bytes than the " + std::to_string(most) + " it may have" : std::strerror(errno);
    return fail(ExitCode::kFailed, path + ": " + why);
  }
  bytes.resize(static_cast<std::size_t>(input.gcount()));
  return bytes;
}

Outcome<void> replace_whole(const std::string& path, std::string_view bytes) {
  const auto failed = [&] { return fail(ExitCode::kFailed, path + ": cannot be written: " + std::strerror(errno)); };
  char* const resolved = ::realpath(path.c_str(), nullptr);  // a link goes on leading there
  if (resolved == nullptr) return failed();
  const std::string place = resolved;
  std::free(resolved);
  struct stat old{};
  if (::stat(place.c_str(), &old) != 0) return failed();
  NewFile file(place + "-XXXXXX");
  if (!file.is_open() || !file.fill(bytes, old.st_mode & 07777U) || !file.take_place_of(place)) return failed();
  return {};
}

}  // namespace cli
