#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "limits/arena.h"
#include "limits/rules.h"
#include "processor/decision.h"

namespace cli {

/// Takes dead letters through the pipeline's own decoding and routing, and hands on what they do, by shard. Holds the
/// bytes of a few of them at a time.
class LetterRun {
 public:
  /// Views in the replay live until the call ends.
  using Use = std::function<Outcome<void>(const store::Replay&)>;

  LetterRun(store::Reader& reader, const limits::Rules& rules) : reader_(reader), rules_(rules) {}

  Outcome<void> run(std::span<const std::int64_t> ids, Output& output, std::string_view label, const Use& use);

 private:
  /// Reads the next letters, as far as their bytes are not too many. How many that were.
  [[nodiscard]] Outcome<std::size_t> load(std::span<const std::int64_t> ids);
  [[nodiscard]] store::Retry decide(const store::DeadLetterRow& row);

  store::Reader& reader_;
  const limits::Rules& rules_;
  processor::RecordReader record_reader_;
  limits::Arena arena_;
  std::vector<store::DeadLetterRow> rows_;
};

}  // namespace cli
