#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "cli/event_reader.h"

namespace cli {

/// Where a command reads events from: a file, which can be read twice, or a pipe, which cannot.
class EventInput {
 public:
  /// "-" is standard input. kFailed for what cannot be opened, and for a directory.
  [[nodiscard]] static Outcome<EventInput> open(const std::string& path);
  EventInput(EventInput&& other) noexcept;
  EventInput& operator=(EventInput&&) = delete;
  ~EventInput();

  [[nodiscard]] bool is_terminal() const;
  [[nodiscard]] bool can_be_read_twice() const { return start_ >= 0; }
  [[nodiscard]] std::int64_t size() const { return size_; }  ///< in bytes; 0 if it is not known
  /// From its beginning, if it can be read twice. An event is no larger than a record.
  [[nodiscard]] EventReader reader() const;

 private:
  EventInput() = default;

  std::string name_;
  int descriptor_ = -1;
  off_t start_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace cli
