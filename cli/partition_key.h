#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace cli {

/// Finds the partition key of events: their aggregateId, so that one user's events meet in one shard. An id longer than
/// a key may be is replaced by its SHA-256. Reused from event to event.
class PartitionKeys {
 public:
  PartitionKeys();
  ~PartitionKeys();

  /// Reads the whole event; InputBuffer::kPadding readable bytes must follow it. The error says why it has no key.
  [[nodiscard]] std::expected<std::string, std::string> of_event(std::string_view json);
  /// For bytes that are no event: their SHA-256.
  [[nodiscard]] static std::string of_bytes(std::string_view bytes);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace cli
