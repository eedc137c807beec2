#include "kcl/fd_channel.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "kcl/internal/memory.h"
#include "kcl/record.h"

namespace kcl {
namespace {

constexpr std::size_t kFirstCapacity = std::size_t{64} << 10;
constexpr int kPipeSize = 1 << 20;

std::string reason(int error_number) {
  return std::generic_category().message(error_number);
}

/// The next line goes to `buffer`. What was read after the last one may stand in the `other`.
Result<std::optional<std::span<char>>> read_line(int fd, LineBuffer& buffer, LineBuffer& other) {
  buffer.release_lines();
  if (auto taken = buffer.take_unread(other); !taken) return std::unexpected(taken.error());
  while (true) {
    if (std::span<char> line = buffer.take_line(); !line.empty()) {
      line = line.first(line.size() - 1);
      if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
      return line;
    }
    if (buffer.unread() > FdLineSource::kLongestLine) {
      return std::unexpected(Error{"a line of more than " + std::to_string(FdLineSource::kLongestLine) +
                                   " bytes; lower maxRecords in the daemon's properties"});
    }
    const auto room = buffer.room();
    if (!room) return std::unexpected(room.error());
    const ssize_t count = ::read(fd, room->data(), room->size());
    if (count == 0) return std::nullopt;
    if (count > 0) {
      buffer.grow_by(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return std::unexpected(Error{"cannot read from the daemon: " + reason(errno)});
    }
  }
}

}  // namespace

LineBuffer::~LineBuffer() {
  std::free(bytes_);
}

std::span<char> LineBuffer::take_line() {
  if (scanned_ == end_) return {};
  const void* const found = std::memchr(bytes_ + scanned_, '\n', end_ - scanned_);
  if (!found) {
    scanned_ = end_;
    return {};
  }
  const auto line_end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes_) + 1;
  const std::span<char> line(bytes_ + begin_, line_end - begin_);
  begin_ = scanned_ = line_end;
  return line;
}

void LineBuffer::move_to_front() {
  if (begin_ == 0) return;
  std::memmove(bytes_, bytes_ + begin_, unread());
  scanned_ -= begin_;
  end_ -= begin_;
  begin_ = 0;
}

/// realloc moves pages, not bytes, once the block is large.
bool LineBuffer::resize(std::size_t capacity) {
  auto* const bytes = static_cast<char*>(std::realloc(bytes_, capacity));
  if (!bytes) return false;
  bytes_ = bytes;
  capacity_ = capacity;
  return true;
}

Result<std::span<char>> LineBuffer::room() {
  move_to_front();
  if (end_ + Record::kPadding >= capacity_ && !resize(std::max(2 * capacity_, kFirstCapacity))) {
    return std::unexpected(Error{"no memory for a line of more than " + std::to_string(end_) + " bytes"});
  }
  return std::span(bytes_ + end_, capacity_ - Record::kPadding - end_);
}

Result<void> LineBuffer::take_unread(LineBuffer& other) {
  while (other.unread() > 0) {
    const auto free = room();
    if (!free) return std::unexpected(free.error());
    const std::size_t count = std::min(free->size(), other.unread());
    std::memcpy(free->data(), other.bytes_ + other.begin_, count);
    grow_by(count);
    other.begin_ += count;
  }
  other.scanned_ = other.end_;
  return {};
}

void LineBuffer::release_lines() {
  if (capacity_ <= internal::kKeptBytes || unread() + Record::kPadding > internal::kKeptBytes) return;
  move_to_front();
  (void)resize(std::max(unread() + Record::kPadding, kFirstCapacity));  // if not now, then after the next line
}

Result<std::optional<std::span<char>>> FdLineSource::next_line() {
  return read_line(fd_, messages_, answers_);
}

Result<std::optional<std::span<char>>> FdLineSource::next_answer() {
  return read_line(fd_, answers_, messages_);
}

Result<void> FdLineSink::write_line(std::string_view json) {
  line_.assign(1, '\n').append(json).append(1, '\n');
  for (std::string_view rest = line_; !rest.empty();) {
    const ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      return std::unexpected(Error{"the daemon closed its end of our stdout: it has ended, or given this process up"});
    } else if (errno != EINTR) {
      return std::unexpected(Error{"cannot write to the daemon: " + reason(errno)});
    }
  }
  return {};
}

Result<int> take_daemon_streams() {
  constexpr std::string_view kAdvice =
      ". The MultiLangDaemon starts this program with stdin, stdout and stderr as pipes; by hand, give it all three";
  struct Stream {
    int fd;
    std::string_view name;
  };
  for (const auto& [fd, name] :
       {Stream{STDIN_FILENO, "stdin"}, Stream{STDOUT_FILENO, "stdout"}, Stream{STDERR_FILENO, "stderr"}}) {
    if (::fcntl(fd, F_GETFD) < 0)
      return std::unexpected(Error{std::string(name) + " is not open" + std::string(kAdvice)});
  }
  const int output = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (output < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    return std::unexpected(Error{"cannot put stderr in the place of stdout: " + reason(errno)});
  }
  // A Ctrl-C reaches the whole process group; the protocol ends us, or the end of the input.
  for (const int signal_number : {SIGINT, SIGTERM, SIGPIPE}) std::signal(signal_number, SIG_IGN);
  // Fewer and larger reads. Not a pipe, or over the user's limit: then it stays as it is.
  (void)::fcntl(STDIN_FILENO, F_SETPIPE_SZ, kPipeSize);
  return output;
}

}  // namespace kcl
