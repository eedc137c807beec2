#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>

#include "store/sqlite/connection.h"

namespace store::sqlite {

/// A mutex with a deadline. (The thread sanitizer does not know the C library function behind std::timed_mutex's, and
/// would take what it guards for a race.)
class ThreadsLock {
 public:
  void lock() { free_.acquire(); }
  void unlock() { free_.release(); }
  [[nodiscard]] bool try_lock_until(std::chrono::steady_clock::time_point deadline) {
    return free_.try_acquire_until(deadline);
  }

 private:
  std::binary_semaphore free_{1};
};

/// The queue of those that want to write: a turn is waited for asleep in the kernel, and turns are given in the order
/// of asking. (SQLite's own busy handler polls with growing pauses, so that some starve.) The lock is on a file of its
/// own beside the database, "<path>-writer", and goes with the process that holds it, however that ends. It is no more
/// than manners: what keeps the data safe are SQLite's locks, which programs that do not know of the queue take too.
///
/// A wait is ended by a signal (SIGRTMIN, to the waiting thread only); its handler, which does nothing, is installed
/// with the first lock of a process.
class WriterLock {
 public:
  /// Creates the file if need be. `patience` bounds the wait for one turn.
  WriterLock(std::string database, std::chrono::milliseconds patience);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

  /// Ends with the object.
  class Turn {
   public:
    explicit Turn(WriterLock& lock);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    WriterLock& lock_;
    std::unique_lock<ThreadsLock> others_of_this_process_;
  };

 private:
  class Alarm;

  void take(std::chrono::steady_clock::time_point deadline);
  bool lock_byte(long place, std::chrono::steady_clock::time_point deadline);
  void unlock_byte(long place);
  [[nodiscard]] Failure nobody_moves() const;

  std::string database_;
  std::chrono::milliseconds patience_;
  int file_ = -1;
};

}  // namespace store::sqlite
