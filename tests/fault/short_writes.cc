// Linked into a program, makes a write write only a part, as a disk or a pipe may: half of what it was asked to.
// SHORT_WRITE_AT=N: the Nth call of write and pwrite; SHORT_WRITE_AT=N+: each from there on.

#include <atomic>
#include <cstdlib>
#include <string_view>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<long> calls{0};

size_t allowed(size_t asked) {
  static const char* const set = std::getenv("SHORT_WRITE_AT");
  static const std::string_view when = set == nullptr ? "0" : set;
  static const long at = std::strtol(when.data(), nullptr, 10);
  static const bool for_good = when.ends_with('+');
  const long call = ++calls;
  const bool now = for_good ? call >= at : call == at;
  return now && asked > 1 ? asked / 2 : asked;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  return syscall(SYS_write, file, bytes, allowed(count));
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  return syscall(SYS_pwrite64, file, bytes, allowed(count), offset);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  return pwrite64(file, bytes, count, offset);
}
}
