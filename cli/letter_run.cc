#include "cli/letter_run.h"

#include <algorithm>
#include <tuple>

#include "cli/dead_letters.h"
#include "cli/text.h"
#include "kcl/record.h"
#include "processor/decision.h"

namespace cli {
namespace {

/// As many as the processor applies at once: a transaction holds up the children.
constexpr std::size_t kMostAtOnce = 1000;
constexpr std::size_t kMostBytes = 16 * 1024 * 1024;

auto shard_of(const store::DeadLetterRow& row) {
  return std::tie(row.stream, row.shard);
}

}  // namespace

Outcome<void> LetterRun::run(std::span<const std::int64_t> ids, Output& output, std::string_view label,
                             const Use& use) {
  Progress progress(output, std::string(label), std::ssize(ids));
  for (std::size_t done = 0; done < ids.size();) {
    progress.show(static_cast<std::int64_t>(done), counted(static_cast<std::int64_t>(done), "dead letter"));
    const auto loaded = load(ids.subspan(done));
    if (!loaded) return std::unexpected(loaded.error());
    done += *loaded;
    std::ranges::stable_sort(rows_, {}, shard_of);
    for (std::span<const store::DeadLetterRow> rest = rows_; !rest.empty();) {
      const store::DeadLetterRow& first = rest.front();
      const auto end = std::ranges::find_if(rest, [&](const auto& row) { return shard_of(row) != shard_of(first); });
      const auto of_shard = static_cast<std::size_t>(end - rest.begin());
      std::vector<store::Retry> retries;
      for (const store::DeadLetterRow& row : rest.first(of_shard)) retries.push_back(decide(row));
      auto used = use({.shard = {.stream = first.stream, .shard = first.shard},
                       .rules_version = rules_.version(),
                       .now = wall_clock(),
                       .retries = retries});
      if (!used) return used;
      arena_.clear();
      rest = rest.subspan(of_shard);
    }
  }
  return {};
}

Outcome<std::size_t> LetterRun::load(std::span<const std::int64_t> ids) {
  rows_.clear();
  std::size_t bytes = 0;
  while (rows_.size() < std::min(ids.size(), kMostAtOnce) && bytes < kMostBytes) {
    auto row = reader_.dead_letter(ids[rows_.size()]);
    if (!row) return store_failure(row.error());
    if (!*row) return no_dead_letter(ids[rows_.size()]);
    bytes += (*row)->raw.size();
    rows_.push_back(std::move(**row));
    rows_.back().raw.reserve(rows_.back().raw.size() + limits::Decoder::kPadding);
  }
  return rows_.size();
}

store::Retry LetterRun::decide(const store::DeadLetterRow& row) {
  const kcl::Record record{.data = row.raw,
                           .is_base64 = row.reason != limits::Reason::kBadBase64,
                           .partition_key = {},
                           .position = {.sequence = row.kinesis_sequence, .sub_sequence = row.sub_sequence},
                           .arrival_ms = row.arrival_ms};
  return {.id = row.id, .outcome = processor::decide(record, rules_, record_reader_, arena_)};
}

}  // namespace cli
