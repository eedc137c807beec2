#pragma once

#include <string_view>
#include <vector>

namespace aws {

/// The records that the Kinesis Producer Library packed into one record of a stream, in their order; the record itself
/// if it is no such aggregate. Views into `data`. What the daemon delivers is unpacked in the same way.
/// https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
[[nodiscard]] std::vector<std::string_view> user_records(std::string_view data);

}  // namespace aws
