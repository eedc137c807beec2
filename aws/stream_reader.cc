#include "aws/stream_reader.h"

#include "aws/aggregate.h"

namespace aws {

Result<void> StreamReader::each_record(std::optional<std::int64_t> since, std::int64_t now,
                                       const std::function<bool(std::string_view data)>& use) {
  const auto shards = kinesis_.list_shards(stream_);
  if (!shards) return std::unexpected(shards.error());
  for (const std::string& shard : *shards) {
    auto iterator = kinesis_.shard_iterator(stream_, shard, since);
    if (!iterator) return std::unexpected(iterator.error());
    while (!iterator->empty()) {
      auto page = kinesis_.get_records(*iterator);
      if (!page) return std::unexpected(page.error());
      for (const ShardPage::Record& record : page->records) {
        for (const std::string_view each : user_records(record.data)) {
          if (!use(each)) return {};
        }
      }
      // A page may be empty though there are records further on; a busy shard never lets anybody reach its end.
      const bool has_reached_now = !page->records.empty() && page->records.back().arrival_ms > now;
      if (page->millis_behind_latest == 0 || has_reached_now) break;
      *iterator = std::move(page->next);
    }
  }
  return {};
}

}  // namespace aws
