#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <time.h>

namespace fuzz {

/// Ends the run as a fault of the code under test, unless `holds`; libFuzzer keeps the input. `what` says what should
/// have been.
inline void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "\nexpected: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

/// Requires that an input takes less than a second of this thread's time, which other programs cannot lengthen.
class WithinASecond {
 public:
  WithinASecond() = default;
  ~WithinASecond() { require(now() - start_ < 1.0, "an end within a second"); }
  WithinASecond(const WithinASecond&) = delete;
  WithinASecond& operator=(const WithinASecond&) = delete;

 private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }

  double start_ = now();
};

/// Texts that reach logs and terminals: short, and no byte that a terminal acts upon.
inline void require_fit_to_show(std::string_view message) {
  require(message.size() < 2048, "a message of bounded length");
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    require(byte >= 0x20 && byte != 0x7f, "a message without control characters");
  }
}

}  // namespace fuzz
