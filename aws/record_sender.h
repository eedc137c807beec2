#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/backoff.h"
#include "aws/kinesis.h"

namespace aws {

/// Puts records on a stream in full PutRecords calls. Of an answer, only the records that failed are sent again, until
/// all are in or `bounds` is used up; records may so overtake each other, also within a partition key. One thread.
class RecordSender {
 public:
  /// What was accepted so far.
  struct Sent {
    std::int64_t records = 0;
    std::int64_t bytes = 0;    ///< of data
    std::int64_t retried = 0;  ///< how often a record was sent again
    std::map<std::string, std::int64_t> records_by_shard;
  };

  RecordSender(Kinesis& kinesis, std::string stream, BackoffBounds bounds = kBounds, Pause pause = sleep_for);

  /// Copies the record; sends when a call is full. `data` and `partition_key` together are at most kMostBytesPerRecord.
  [[nodiscard]] Result<void> add(std::string_view data, std::string_view partition_key);
  /// Sends what is left. Without it, the last records are not on the stream.
  [[nodiscard]] Result<void> flush();
  [[nodiscard]] const Sent& sent() const { return sent_; }

 private:
  /// A shard takes 1 MiB a second, so a full call may have to wait for seconds.
  static constexpr BackoffBounds kBounds{.attempts = 12};

  struct Record {
    std::size_t at;  ///< in `bytes_`; the key follows the data
    std::size_t data_size;
    std::size_t key_size;
  };
  [[nodiscard]] PutEntry entry(const Record& record) const;
  /// Sends `records_` once and keeps those that were refused. What the last of them was refused for, or empty.
  [[nodiscard]] Result<PutOutcome> send_once();

  Kinesis& kinesis_;
  std::string stream_;
  BackoffBounds bounds_;
  Pause pause_;
  std::string bytes_;
  std::vector<Record> records_;
  Sent sent_;
};

}  // namespace aws
