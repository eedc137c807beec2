#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace cli {

/// kNotFound: "there is no dead letter 7; see: limits dead list".
[[nodiscard]] std::unexpected<Failure> no_dead_letter(std::int64_t id);

/// What a command's options say of the dead letters that it is about. Each that is given narrows the choice.
class LetterFilter {
 public:
  void declare(Arguments& arguments);
  /// With `--state`, for commands that look and do not touch.
  void declare_with_state(Arguments& arguments);

  [[nodiscard]] bool is_given() const { return !reason_.empty() || !state_.empty() || !shard_.empty(); }
  [[nodiscard]] bool matches(const store::DeadLetterRow& row) const;

 private:
  std::string reason_;
  std::string state_;
  std::string shard_;
};

/// The open dead letters that an operator wants to settle: by number, by filter, or all.
class LetterChoice {
 public:
  void declare(Arguments& arguments);

  /// Their numbers, in order. kUsage if nothing was chosen, kNotFound for a number that there is not. One that was
  /// settled before is said and left out.
  [[nodiscard]] Outcome<std::vector<std::int64_t>> open_letters(store::Reader& reader, Output& output) const;

 private:
  [[nodiscard]] Outcome<std::vector<std::int64_t>> named(store::Reader& reader, Output& output) const;

  std::vector<std::int64_t> ids_;
  LetterFilter filter_;
  bool all_ = false;
};

}  // namespace cli
