#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kcl {

/// A place in a shard. Sequence numbers are decimal integers of up to 129 digits, so they are text here and are never
/// converted; `sub_sequence` counts the user records inside one aggregated (KPL) Kinesis record, 0 otherwise.
struct Position {
  std::string_view sequence;
  std::int64_t sub_sequence = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

/// Orders two positions of one shard: sequence numbers as integers (more digits is higher), then sub-sequence.
[[nodiscard]] bool operator<(const Position& a, const Position& b);

/// One user record. Every view points into the session's line buffer and is valid until `process_records` returns.
/// At least `kPadding` bytes after the end of `data` can be read (their content is unspecified), which is what
/// simdjson asks of a buffer that it parses in place.
struct Record {
  static constexpr std::size_t kPadding = 64;

  std::string_view data;  ///< The decoded bytes; the text as it came (empty for null) if `is_base64` is false.
  bool is_base64 = true;  ///< False if the record's data is null, or a text that is not base64: KCL sends neither.
  std::string_view partition_key;
  Position position;
  std::int64_t arrival_ms = 0;  ///< approximateArrivalTimestamp, ms since 1970; 0 if the daemon sent none.
};

}  // namespace kcl
