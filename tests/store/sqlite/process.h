#pragma once

#include <functional>

#include <sys/types.h>

namespace tests {

/// Work in a process of its own; killed with the object if it is still at it. Start it before this process opens what
/// the work opens.
class Process {
 public:
  explicit Process(const std::function<void()>& work);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }
  void kill();
  [[nodiscard]] bool running();
  /// Whether the work came to its end. An exception ends it before.
  bool wait();

 private:
  /// Takes note of the end, if there is one. `options` as for waitpid().
  void reap(int options);

  pid_t id_;
  bool ended_ = false;
  bool succeeded_ = false;
};

/// One end wakes the other, across processes.
class Signal {
 public:
  Signal();
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  void give() const;
  void await() const;

 private:
  int ends_[2];
};

}  // namespace tests
