#include "store/sqlite/writer_lock.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace store::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

// Two locks. Whoever wants to write first takes the queue's, and with it in hand waits for the writer's: so there is
// never more than one that waits for the writer to end, and a writer that wants to go on at once cannot be faster.
constexpr long kQueue = 0;
constexpr long kWriter = 1;

/// These locks belong to the process, so threads of one process must keep off each other by other means.
ThreadsLock threads_lock;

int alarm_signal() {
  return SIGRTMIN;
}

void install_handler() {
  static const bool installed = [] {
    struct sigaction action{};
    action.sa_handler = [](int) {};  // without SA_RESTART: the wait ends with EINTR
    return sigaction(alarm_signal(), &action, nullptr) == 0;
  }();
  static_cast<void>(installed);
}

struct flock byte_lock(short type, long place) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = place;
  lock.l_len = 1;
  return lock;
}

/// Only the alarm interrupts a wait, and that is the end of it. A host that interrupts again and again is broken.
constexpr int kMostInterruptions = 1000;

timespec to_timespec(Clock::duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds(duration - seconds).count()};
}

}  // namespace

/// Interrupts system calls of this thread from the deadline on, again and again: one signal could come just before the
/// call and be lost.
class WriterLock::Alarm {
 public:
  explicit Alarm(Clock::time_point deadline) {
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, alarm_signal());
    pthread_sigmask(SIG_UNBLOCK, &ours, &mask_before_);

    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = alarm_signal();
    event._sigev_un._tid = gettid();
    timer_create(CLOCK_MONOTONIC, &event, &timer_);
    const itimerspec times{.it_interval = to_timespec(std::chrono::milliseconds(10)),
                           .it_value = to_timespec(deadline.time_since_epoch())};
    timer_settime(timer_, TIMER_ABSTIME, &times, nullptr);
  }
  ~Alarm() {
    timer_delete(timer_);
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

 private:
  sigset_t mask_before_{};
  timer_t timer_{};
};

WriterLock::WriterLock(std::string database, std::chrono::milliseconds patience)
    : database_(std::move(database)), patience_(patience) {
  install_handler();
  const std::string path = database_ + "-writer";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) {
    throw failure(Errc::kFatal, database_,
                  fmt::format("cannot open the writers' lock \"{}\": {}. Let this user create files in that directory.",
                              path, std::strerror(errno)));
  }
}

WriterLock::~WriterLock() {
  // Closing drops every lock that the process has on the file, another thread's too.
  const std::lock_guard others(threads_lock);
  ::close(file_);
}

WriterLock::Turn::Turn(WriterLock& lock) : lock_(lock), others_of_this_process_(threads_lock, std::defer_lock) {
  const Clock::time_point deadline = Clock::now() + lock_.patience_;
  if (!others_of_this_process_.try_lock_until(deadline)) throw lock_.nobody_moves();
  lock_.take(deadline);
}

WriterLock::Turn::~Turn() {
  lock_.unlock_byte(kWriter);
}

void WriterLock::take(Clock::time_point deadline) {
  if (!lock_byte(kQueue, deadline)) throw nobody_moves();
  const bool ours = lock_byte(kWriter, deadline);
  unlock_byte(kQueue);
  if (!ours) throw nobody_moves();
}

bool WriterLock::lock_byte(long place, Clock::time_point deadline) {
  struct flock lock = byte_lock(F_WRLCK, place);
  if (fcntl(file_, F_SETLK, &lock) == 0) return true;
  const Alarm alarm(deadline);
  for (int interrupted = 0; fcntl(file_, F_SETLKW, &lock) != 0; ++interrupted) {
    if (errno != EINTR || interrupted == kMostInterruptions) {
      throw failure(Errc::kFatal, database_,
                    fmt::format("cannot lock \"{}-writer\": {}. Keep the database on a local disk.", database_,
                                std::strerror(errno)));
    }
    if (Clock::now() >= deadline) return false;
  }
  return true;
}

void WriterLock::unlock_byte(long place) {
  struct flock lock = byte_lock(F_UNLCK, place);
  fcntl(file_, F_SETLK, &lock);
}

Failure WriterLock::nobody_moves() const {
  struct flock lock = byte_lock(F_WRLCK, kWriter);
  const bool known = fcntl(file_, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  const std::string holder = known ? fmt::format("process {}", lock.l_pid) : std::string("another writer");
  return failure(Errc::kBusy, database_,
                 fmt::format("no turn to write within {} ms: {} holds the writers' lock. If it stays, see what that "
                             "process does, and end it if it hangs.",
                             patience_.count(), holder));
}

}  // namespace store::sqlite
