#include "cli/input_buffer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <unistd.h>

namespace cli {

bool InputBuffer::read_more() {
  constexpr std::size_t kAtATime = std::size_t{256} * 1024;
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (bytes_.size() < end_ + kAtATime + kPadding) bytes_.resize(std::max(end_ * 2, kAtATime) + kAtATime + kPadding);
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, bytes_.data() + end_, kAtATime);
  } while (got < 0 && errno == EINTR);
  if (got < 0) error_ = std::generic_category().message(errno);
  at_end_ = got <= 0;
  if (!at_end_) end_ += static_cast<std::size_t>(got);
  return !at_end_;
}

void InputBuffer::consume(std::size_t size) {
  line_ += std::ranges::count(unread().substr(0, size), '\n');
  begin_ += size;
  consumed_ += static_cast<std::int64_t>(size);
}

}  // namespace cli
