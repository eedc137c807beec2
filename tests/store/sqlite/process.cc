#include "tests/store/sqlite/process.h"

#include <cerrno>
#include <exception>
#include <iostream>
#include <system_error>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tests {

Process::Process(const std::function<void()>& work) : id_(::fork()) {
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (id_ > 0) return;
  try {
    work();
  } catch (const std::exception& error) {
    std::cerr << "process " << ::getpid() << ": " << error.what() << std::endl;
    ::_exit(1);
  }
  ::_exit(0);
}

Process::~Process() {
  kill();
  wait();
}

void Process::kill() {
  if (!ended_) ::kill(id_, SIGKILL);
}

bool Process::running() {
  if (!ended_) reap(WNOHANG);
  return !ended_;
}

bool Process::wait() {
  if (!ended_) reap(0);
  return succeeded_;
}

void Process::reap(int options) {
  int status = 0;
  pid_t reaped = 0;
  do {
    reaped = ::waitpid(id_, &status, options);
  } while (reaped < 0 && errno == EINTR);
  ended_ = reaped != 0;
  succeeded_ = reaped == id_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Signal::Signal() {
  if (::pipe(ends_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
}

Signal::~Signal() {
  ::close(ends_[0]);
  ::close(ends_[1]);
}

void Signal::give() const {
  if (::write(ends_[1], "", 1) != 1) throw std::system_error(errno, std::generic_category(), "write");
}

void Signal::await() const {
  char byte = 0;
  if (::read(ends_[0], &byte, 1) != 1) throw std::system_error(errno, std::generic_category(), "read");
}

}  // namespace tests
