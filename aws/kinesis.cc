#include "aws/kinesis.h"

#include <nlohmann/json.hpp>

#include "aws/base64.h"

namespace aws {
namespace {

using nlohmann::json;

std::string in_json(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Built as text: the records may be 5 MiB, and a DOM of them would be made only to be printed.
std::string put_records_body(std::string_view stream, std::span<const PutEntry> entries) {
  std::string body = R"({"StreamName":)" + in_json(stream) + R"(,"Records":[)";
  for (const PutEntry& entry : entries) {
    if (&entry != entries.data()) body += ',';
    body += R"({"Data":")";
    append_base64(body, entry.data);
    body += R"(","PartitionKey":)" + in_json(entry.partition_key) + '}';
  }
  return body + "]}";
}

std::string text_or_empty(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double number_or_zero(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

}  // namespace

std::string kinesis_endpoint(std::string_view region) {
  return "https://kinesis." + std::string(region) + ".amazonaws.com";
}

Service kinesis_service(std::string region, std::string endpoint) {
  return {.name = "kinesis",
          .target_prefix = "Kinesis_20131202",
          .content_type = "application/x-amz-json-1.1",
          .region = std::move(region),
          .endpoint = std::move(endpoint)};
}

Result<std::vector<PutOutcome>> Kinesis::put_records(std::string_view stream, std::span<const PutEntry> entries) {
  constexpr std::string_view kOperation = "PutRecords";
  const auto answer = client_.call(kOperation, put_records_body(stream, entries));
  if (!answer) return std::unexpected(answer.error());
  const json parsed = json::parse(*answer, nullptr, false);
  const auto records = parsed.is_object() ? parsed.find("Records") : parsed.end();
  if (records == parsed.end() || !records->is_array() || records->size() != entries.size()) {
    return std::unexpected(client_.error(kOperation, "the answer does not have one outcome per record"));
  }
  std::vector<PutOutcome> outcomes;
  outcomes.reserve(entries.size());
  for (const json& record : *records) {
    if (!record.is_object()) return std::unexpected(client_.error(kOperation, "an outcome is not an object"));
    outcomes.push_back({.shard = text_or_empty(record, "ShardId"),
                        .error_code = text_or_empty(record, "ErrorCode"),
                        .error_message = text_or_empty(record, "ErrorMessage")});
  }
  return outcomes;
}

Result<void> Kinesis::create_stream(std::string_view stream, int shards) {
  const json body{{"StreamName", stream}, {"ShardCount", shards}};
  if (const auto answer = client_.call("CreateStream", body.dump(-1, ' ', false, json::error_handler_t::replace));
      !answer) {
    return std::unexpected(answer.error());
  }
  return {};
}

Result<std::vector<std::string>> Kinesis::list_shards(std::string_view stream) {
  constexpr std::string_view kOperation = "ListShards";
  std::vector<std::string> shards;
  json body{{"StreamName", stream}};
  while (true) {
    const auto answer = client_.call(kOperation, body.dump(-1, ' ', false, json::error_handler_t::replace));
    if (!answer) return std::unexpected(answer.error());
    const json parsed = json::parse(*answer, nullptr, false);
    const auto found = parsed.is_object() ? parsed.find("Shards") : parsed.end();
    if (found == parsed.end() || !found->is_array()) {
      return std::unexpected(client_.error(kOperation, "the answer has no Shards"));
    }
    for (const json& shard : *found) {
      shards.push_back(shard.is_object() ? text_or_empty(shard, "ShardId") : std::string());
      if (shards.back().empty()) return std::unexpected(client_.error(kOperation, "a shard has no ShardId"));
    }
    const std::string next = text_or_empty(parsed, "NextToken");
    if (next.empty()) return shards;
    body = {{"NextToken", next}};
  }
}

Result<std::string> Kinesis::shard_iterator(std::string_view stream, std::string_view shard,
                                            std::optional<std::int64_t> since) {
  constexpr std::string_view kOperation = "GetShardIterator";
  json body{{"StreamName", stream}, {"ShardId", shard}, {"ShardIteratorType", "TRIM_HORIZON"}};
  if (since) {
    body["ShardIteratorType"] = "AT_TIMESTAMP";
    body["Timestamp"] = static_cast<double>(*since) / 1000;  // seconds
  }
  const auto answer = client_.call(kOperation, body.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!answer) return std::unexpected(answer.error());
  const json parsed = json::parse(*answer, nullptr, false);
  std::string iterator = parsed.is_object() ? text_or_empty(parsed, "ShardIterator") : std::string();
  if (iterator.empty()) return std::unexpected(client_.error(kOperation, "the answer has no ShardIterator"));
  return iterator;
}

Result<ShardPage> Kinesis::get_records(std::string_view iterator) {
  constexpr std::string_view kOperation = "GetRecords";
  const auto answer = client_.call(kOperation, R"({"ShardIterator":)" + in_json(iterator) + '}');
  if (!answer) return std::unexpected(answer.error());
  const json parsed = json::parse(*answer, nullptr, false);
  const auto found = parsed.is_object() ? parsed.find("Records") : parsed.end();
  if (found == parsed.end() || !found->is_array()) {
    return std::unexpected(client_.error(kOperation, "the answer has no Records"));
  }
  ShardPage page{.records = {},
                 .next = text_or_empty(parsed, "NextShardIterator"),
                 .millis_behind_latest = static_cast<std::int64_t>(number_or_zero(parsed, "MillisBehindLatest"))};
  for (const json& record : *found) {
    auto data = record.is_object() ? from_base64(text_or_empty(record, "Data")) : std::nullopt;
    if (!data) return std::unexpected(client_.error(kOperation, "a record's Data is no base64"));
    const double arrival = number_or_zero(record, "ApproximateArrivalTimestamp");  // seconds
    page.records.push_back({.data = std::move(*data), .arrival_ms = static_cast<std::int64_t>(arrival * 1000)});
  }
  return page;
}

Result<Kinesis::Summary> Kinesis::describe_stream(std::string_view stream) {
  constexpr std::string_view kOperation = "DescribeStreamSummary";
  const auto answer = client_.call(kOperation, R"({"StreamName":)" + in_json(stream) + '}');
  if (!answer) return std::unexpected(answer.error());
  const json parsed = json::parse(*answer, nullptr, false);
  const auto found = parsed.is_object() ? parsed.find("StreamDescriptionSummary") : parsed.end();
  if (found == parsed.end() || !found->is_object()) {
    return std::unexpected(client_.error(kOperation, "the answer has no StreamDescriptionSummary"));
  }
  const auto shards = found->find("OpenShardCount");
  return Summary{
      .status = text_or_empty(*found, "StreamStatus"),
      .open_shards = shards != found->end() && shards->is_number_integer() ? shards->get<std::int64_t>() : 0};
}

Result<Kinesis::Summary> Kinesis::wait_until_active(std::string_view stream, BackoffBounds bounds, const Pause& pause) {
  Backoff backoff(bounds);
  while (true) {
    auto summary = describe_stream(stream);
    if (!summary || summary->status == "ACTIVE") return summary;
    if (!backoff.wait_for_next_attempt(pause)) {
      return std::unexpected(client_.error(
          "DescribeStreamSummary", "stream " + std::string(stream) + " is still " + summary->status + ", not ACTIVE"));
    }
  }
}

}  // namespace aws
