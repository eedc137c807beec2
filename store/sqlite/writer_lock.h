#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "store/sqlite/connection.h"

namespace store::sqlite {

/// A mutex with a deadline. (Not std::timed_mutex: the thread sanitizer does not know the C library function behind it,
/// and would take what it guards for a race. Not std::binary_semaphore: in libstdc++ 12 a waiter can sleep on a free
/// one.)
class ThreadsLock {
 public:
  void lock() {
    std::unique_lock own(mutex_);
    freed_.wait(own, [this] { return !taken_; });
    taken_ = true;
  }
  void unlock() {
    const std::lock_guard own(mutex_);
    taken_ = false;
    freed_.notify_one();
  }
  [[nodiscard]] bool try_lock_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock own(mutex_);
    if (!freed_.wait_until(own, deadline, [this] { return !taken_; })) return false;
    taken_ = true;
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  bool taken_ = false;
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
