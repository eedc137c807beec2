#include "aws/record_sender.h"

namespace aws {

RecordSender::RecordSender(Kinesis& kinesis, std::string stream, BackoffBounds bounds, Pause pause)
    : kinesis_(kinesis), stream_(std::move(stream)), bounds_(bounds), pause_(std::move(pause)) {}

PutEntry RecordSender::entry(const Record& record) const {
  const std::string_view bytes = bytes_;
  return {.data = bytes.substr(record.at, record.data_size),
          .partition_key = bytes.substr(record.at + record.data_size, record.key_size)};
}

Result<void> RecordSender::add(std::string_view data, std::string_view partition_key) {
  const std::size_t size = data.size() + partition_key.size();
  if (records_.size() == kMostRecordsPerCall || bytes_.size() + size > kMostBytesPerCall) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  records_.push_back({.at = bytes_.size(), .data_size = data.size(), .key_size = partition_key.size()});
  bytes_ += data;
  bytes_ += partition_key;
  return {};
}

Result<void> RecordSender::flush() {
  Backoff backoff(bounds_);
  while (!records_.empty()) {
    const auto refused = send_once();
    if (!refused) return std::unexpected(refused.error());
    if (records_.empty()) break;
    if (!backoff.wait_for_next_attempt(pause_)) {
      return std::unexpected(Error{.code = refused->error_code,
                                   .what = "stream " + stream_ + " refused " + std::to_string(records_.size()) +
                                           " records " + std::to_string(bounds_.attempts) +
                                           " times: " + refused->error_code + ": " + refused->error_message});
    }
    sent_.retried += static_cast<std::int64_t>(records_.size());
  }
  bytes_.clear();
  return {};
}

Result<PutOutcome> RecordSender::send_once() {
  std::vector<PutEntry> entries;
  entries.reserve(records_.size());
  for (const Record& record : records_) entries.push_back(entry(record));
  auto outcomes = kinesis_.put_records(stream_, entries);
  if (!outcomes) return std::unexpected(outcomes.error());

  PutOutcome refused;
  std::vector<Record> left;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    PutOutcome& outcome = (*outcomes)[i];
    if (outcome.error_code.empty()) {
      ++sent_.records;
      sent_.bytes += static_cast<std::int64_t>(records_[i].data_size);
      ++sent_.records_by_shard[outcome.shard];
    } else {
      left.push_back(records_[i]);
      refused = std::move(outcome);
    }
  }
  records_ = std::move(left);
  return refused;
}

}  // namespace aws
