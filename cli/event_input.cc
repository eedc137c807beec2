#include "cli/event_input.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/kinesis.h"

namespace cli {

Outcome<EventInput> EventInput::open(const std::string& path) {
  const bool is_stdin = path == "-";
  EventInput input;
  input.name_ = is_stdin ? "standard input" : path;
  input.descriptor_ = is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (input.descriptor_ < 0 || fstat(input.descriptor_, &status) != 0) {
    return fail(ExitCode::kFailed, path + ": cannot be opened: " + std::generic_category().message(errno));
  }
  if (S_ISDIR(status.st_mode)) return fail(ExitCode::kFailed, path + ": is a directory, not a file of events");
  if (S_ISREG(status.st_mode)) input.start_ = lseek(input.descriptor_, 0, SEEK_CUR);
  input.size_ = S_ISREG(status.st_mode) ? status.st_size - input.start_ : 0;
  return input;
}

EventInput::EventInput(EventInput&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      start_(other.start_),
      size_(other.size_) {}

EventInput::~EventInput() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

bool EventInput::is_terminal() const {
  return isatty(descriptor_) == 1;
}

EventReader EventInput::reader() const {
  if (can_be_read_twice()) lseek(descriptor_, start_, SEEK_SET);
  return {descriptor_, name_, aws::kMostBytesPerRecord};
}

}  // namespace cli
