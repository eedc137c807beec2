#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aws/kinesis.h"

namespace aws {

/// Reads what is on a stream when it begins, shard by shard; what arrives meanwhile may be among it. Takes part in no
/// lease and no checkpoint. GetRecords calls count towards what a shard serves (five a second): a shard that others
/// have used up is waited for. One thread.
class StreamReader {
 public:
  StreamReader(Kinesis& kinesis, std::string stream) : kinesis_(kinesis), stream_(std::move(stream)) {}

  /// Calls `use` with each record that arrived since then (ms since 1970; else since the stream's oldest), aggregates
  /// unpacked, until it returns false. `now` is the wall clock in ms.
  [[nodiscard]] Result<void> each_record(std::optional<std::int64_t> since, std::int64_t now,
                                         const std::function<bool(std::string_view data)>& use);

 private:
  Kinesis& kinesis_;
  std::string stream_;
};

}  // namespace aws
