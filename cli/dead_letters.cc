#include "cli/dead_letters.h"

#include <algorithm>
#include <array>

#include "limits/fault.h"

namespace cli {
namespace {

constexpr std::array kReasons = {limits::Reason::kBadBase64,    limits::Reason::kBadJson,
                                 limits::Reason::kMissingField, limits::Reason::kIllTyped,
                                 limits::Reason::kUnknownValue, limits::Reason::kOutOfRange,
                                 limits::Reason::kUnrouted};

std::span<const std::string_view> reason_words() {
  static const auto words = [] {
    std::array<std::string_view, kReasons.size()> all;
    std::ranges::transform(kReasons, all.begin(), [](limits::Reason reason) { return to_string(reason); });
    return all;
  }();
  return words;
}

}  // namespace

std::unexpected<Failure> no_dead_letter(std::int64_t id) {
  return fail(ExitCode::kNotFound, "there is no dead letter " + std::to_string(id) + "; see: limits dead list");
}

void LetterFilter::declare(Arguments& arguments) {
  arguments.word_option("--reason", "REASON", reason_words(), reason_,
                        "Only those with this reason: bad_json, ill_typed, unrouted, ...");
  arguments.option("--shard", "SHARD", shard_, "Only those of this shard");
}

void LetterFilter::declare_with_state(Arguments& arguments) {
  declare(arguments);
  arguments.word_option("--state", "STATE", store::letter_states(), state_,
                        "Only those in this state: open, replayed, discarded");
}

bool LetterFilter::matches(const store::DeadLetterRow& row) const {
  return (reason_.empty() || reason_ == to_string(row.reason)) && (state_.empty() || state_ == to_string(row.state)) &&
         (shard_.empty() || shard_ == row.shard);
}

void LetterChoice::declare(Arguments& arguments) {
  arguments.numbers("ID", ids_, "Numbers that `limits dead list` shows");
  filter_.declare(arguments);
  arguments.flag("--all", all_, "All that are open");
}

Outcome<std::vector<std::int64_t>> LetterChoice::open_letters(store::Reader& reader, Output& output) const {
  const int ways = (ids_.empty() ? 0 : 1) + (filter_.is_given() ? 1 : 0) + (all_ ? 1 : 0);
  if (ways == 0) {
    return fail(ExitCode::kUsage, "say which dead letters: by number, --reason, --shard, or --all for every open one");
  }
  if (!ids_.empty() && ways > 1) {
    return fail(ExitCode::kUsage, "numbers name the dead letters already; leave out --reason, --shard and --all");
  }
  if (!ids_.empty()) return named(reader, output);
  std::vector<std::int64_t> found;
  const auto read = reader.each_dead_letter([&](const store::DeadLetterRow& row) {
    if (row.state == store::LetterState::kOpen && filter_.matches(row)) found.push_back(row.id);
    return true;
  });
  if (!read) return store_failure(read.error());
  return found;
}

Outcome<std::vector<std::int64_t>> LetterChoice::named(store::Reader& reader, Output& output) const {
  std::vector<std::int64_t> ids = ids_;
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  std::vector<std::int64_t> open;
  for (const std::int64_t id : ids) {
    const auto row = reader.dead_letter(id);
    if (!row) return store_failure(row.error());
    if (!*row) return no_dead_letter(id);
    if ((*row)->state == store::LetterState::kOpen) {
      open.push_back(id);
    } else {
      output.warn("dead letter " + std::to_string(id) + " is " + std::string(to_string((*row)->state)) + " already");
    }
  }
  return open;
}

}  // namespace cli
