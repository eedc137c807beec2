#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

/// Pipes between a test and what it tests.
namespace kcl {

/// A file descriptor that is closed once.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() { close(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  [[nodiscard]] int get() const { return fd_; }
  void close();

 private:
  int fd_;
};

struct Pipe {
  Pipe();
  Fd reader, writer;
};

/// Writes all of `text`, or fails the test.
void write_all(int fd, std::string_view text);
/// Everything up to the end of the input.
std::string read_all(int fd);

}  // namespace kcl
