#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "kcl/line_channel.h"
#include "kcl/record.h"
#include "kcl/session.h"

/// Stands in for the daemon and the machine in tests of the session.
namespace kcl {

/// A line as a source hands it out: mutable, with padding behind it, of which nothing may be assumed.
class PaddedLine {
 public:
  explicit PaddedLine(std::string_view text) : bytes_(text), length_(text.size()) {
    bytes_.append(Record::kPadding, '"');
  }
  std::span<char> span() { return std::span(bytes_).first(length_); }

 private:
  std::string bytes_;
  std::size_t length_;
};

/// Lines that are known beforehand, then the end of the input.
class ScriptedSource final : public LineSource {
 public:
  explicit ScriptedSource(const std::vector<std::string>& lines) : left_(lines.begin(), lines.end()) {}

  Result<std::optional<std::span<char>>> next_line() override { return next(); }
  Result<std::optional<std::span<char>>> next_answer() override { return next(); }

 private:
  std::optional<std::span<char>> next() {
    if (left_.empty()) return std::nullopt;
    given_.emplace_back(left_.front());
    left_.pop_front();
    return given_.back().span();
  }

  std::deque<std::string> left_;
  std::deque<PaddedLine> given_;
};

class CollectingSink final : public LineSink {
 public:
  Result<void> write_line(std::string_view json) override {
    lines.emplace_back(json);
    return {};
  }
  std::vector<std::string> lines;
};

/// Time passes only by sleeping.
class FakeClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() override { return now_; }
  void sleep_for(std::chrono::milliseconds time) override {
    now_ += time;
    pauses.push_back(time);
  }
  void advance(std::chrono::milliseconds time) { now_ += time; }
  [[nodiscard]] std::chrono::milliseconds slept() const {
    std::chrono::milliseconds sum{0};
    for (const auto pause : pauses) sum += pause;
    return sum;
  }
  std::vector<std::chrono::milliseconds> pauses;

 private:
  std::chrono::steady_clock::time_point now_;
};

}  // namespace kcl
