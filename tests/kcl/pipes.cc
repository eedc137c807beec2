#include "tests/kcl/pipes.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace kcl {

void Fd::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Pipe::Pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  reader = Fd(ends[0]);
  writer = Fd(ends[1]);
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    ASSERT_GT(count, 0);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_all(int fd) {
  std::string all;
  std::array<char, 4096> chunk;
  for (ssize_t count; (count = ::read(fd, chunk.data(), chunk.size())) > 0;) {
    all.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return all;
}

}  // namespace kcl
