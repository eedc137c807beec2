// A line from the daemon. It is read record by record, as long lines are, and twice at once by one parser: each makes
// the same message of it, or none does.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "kcl/internal/message_parser.h"
#include "tests/fuzz/require.h"

namespace {

using kcl::Batch;
using kcl::Initialize;
using kcl::Record;
using kcl::internal::CheckpointAnswer;
using kcl::internal::Message;
using kcl::internal::MessageParser;

/// A line as the channel hands it out. In memory of its own, so that a step beyond the padding is seen.
class Line {
 public:
  explicit Line(std::string_view text) : bytes_(text.begin(), text.end()) {
    bytes_.resize(text.size() + Record::kPadding, '"');
    bytes_.shrink_to_fit();
  }
  std::span<char> text() { return std::span(bytes_).first(bytes_.size() - Record::kPadding); }

 private:
  std::vector<char> bytes_;
};

bool same(const Record& a, const Record& b) {
  return a.data == b.data && a.is_base64 == b.is_base64 && a.partition_key == b.partition_key &&
         a.position == b.position && a.arrival_ms == b.arrival_ms;
}

bool same(const Batch& a, const Batch& b) {
  return a.millis_behind_latest == b.millis_behind_latest && a.repaired == b.repaired &&
         std::ranges::equal(a.records, b.records, [](const Record& x, const Record& y) { return same(x, y); });
}

bool same(const Initialize& a, const Initialize& b) {
  return a.shard_id == b.shard_id && a.sequence == b.sequence && a.sub_sequence == b.sub_sequence;
}

bool same(const Message& a, const Message& b) {
  if (a.action != b.action || a.body.index() != b.body.index()) return false;
  if (const auto* batch = std::get_if<Batch>(&a.body)) return same(*batch, std::get<Batch>(b.body));
  if (const auto* start = std::get_if<Initialize>(&a.body)) return same(*start, std::get<Initialize>(b.body));
  if (const auto* answer = std::get_if<CheckpointAnswer>(&a.body)) {
    return answer->error == std::get<CheckpointAnswer>(b.body).error;
  }
  return true;
}

void require_same(const kcl::Result<Message>& a, const kcl::Result<Message>& b) {
  fuzz::require(a.has_value() == b.has_value(), "a line that is a message either way, or neither way");
  if (a) {
    fuzz::require(same(*a, *b), "the same message either way");
  } else {
    fuzz::require_fit_to_show(a.error().what);
    fuzz::require_fit_to_show(b.error().what);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::WithinASecond watch;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Line by_record(input);
  // As a child has them: from line to line.
  static MessageParser cuts(0);
  static MessageParser parser;
  const auto expected = cuts.parse(by_record.text());
  for (int round = 0; round < 2; ++round) {
    Line line(input);
    require_same(parser.parse(line.text()), expected);
  }
  return 0;
}
