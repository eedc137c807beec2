#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/json_client.h"

namespace aws {

/// What one PutRecords call takes (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html). Data
/// and partition key count.
inline constexpr std::size_t kMostRecordsPerCall = 500;
inline constexpr std::size_t kMostBytesPerCall = std::size_t{5} * 1024 * 1024;
inline constexpr std::size_t kMostBytesPerRecord = std::size_t{1024} * 1024;
inline constexpr std::size_t kLongestPartitionKey = 256;  ///< Unicode characters

/// "https://kinesis.eu-west-2.amazonaws.com"
[[nodiscard]] std::string kinesis_endpoint(std::string_view region);
[[nodiscard]] Service kinesis_service(std::string region, std::string endpoint);

struct PutEntry {
  std::string_view data;
  std::string_view partition_key;
};

/// What became of one entry: it is in `shard`, or `error_code` and `error_message` are set.
struct PutOutcome {
  std::string shard;
  std::string error_code;
  std::string error_message;
};

/// Some records of a shard, in their order, as they stand there: one may be an aggregate of the Kinesis Producer
/// Library.
struct ShardPage {
  struct Record {
    std::string data;
    std::int64_t arrival_ms = 0;
  };
  std::vector<Record> records;
  std::string next;  ///< the iterator to go on with; empty: the shard is closed and was read to its end
  std::int64_t millis_behind_latest = 0;
};

/// The operations of Kinesis Data Streams that the project needs. The client outlives it.
class Kinesis {
 public:
  explicit Kinesis(JsonClient& client) : client_(client) {}

  /// One call, one outcome per entry in the same order: some may have failed though the call succeeded.
  [[nodiscard]] Result<std::vector<PutOutcome>> put_records(std::string_view stream, std::span<const PutEntry> entries);
  /// Only asks for it: the stream is CREATING for a while. Error code ResourceInUseException: it is there already.
  [[nodiscard]] Result<void> create_stream(std::string_view stream, int shards);

  /// The shards that have records, closed ones too.
  [[nodiscard]] Result<std::vector<std::string>> list_shards(std::string_view stream);
  /// Where to begin: with what arrived at `since` (ms since 1970) or later, or with the oldest record.
  [[nodiscard]] Result<std::string> shard_iterator(std::string_view stream, std::string_view shard,
                                                   std::optional<std::int64_t> since);
  [[nodiscard]] Result<ShardPage> get_records(std::string_view iterator);

  struct Summary {
    std::string status;  ///< CREATING, ACTIVE, UPDATING, DELETING
    std::int64_t open_shards = 0;
  };
  /// Error code ResourceNotFoundException: there is no such stream.
  [[nodiscard]] Result<Summary> describe_stream(std::string_view stream);

  /// Asks again and again, until the stream is ACTIVE or `bounds` is used up.
  [[nodiscard]] Result<Summary> wait_until_active(std::string_view stream, BackoffBounds bounds, const Pause& pause);

 private:
  JsonClient& client_;
};

}  // namespace aws
