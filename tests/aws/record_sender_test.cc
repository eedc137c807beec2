#include "aws/record_sender.h"

#include <nlohmann/json.hpp>

#include "tests/aws/fake_transport.h"

namespace aws {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kTaken = R"({"SequenceNumber":"1","ShardId":"shardId-000000000000"})";
constexpr const char* kRefused = R"({"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"slow down"})";

std::string outcomes(const std::vector<const char*>& each) {
  std::string text;
  for (const char* outcome : each) text += (text.empty() ? "" : ",") + std::string(outcome);
  return R"({"Records":[)" + text + "]}";
}

struct RecordSenderTest : testing::Test {
  FakeTransport transport;
  NotedPauses pauses;
  JsonClient client{transport, service_in_test(), credentials_in_test(), {.attempts = 1}, pauses.pause()};
  Kinesis kinesis{client};
  RecordSender sender{kinesis, "user-events", {.attempts = 3}, pauses.pause()};

  /// The partition keys of one call.
  std::vector<std::string> keys_of_call(std::size_t call) {
    std::vector<std::string> keys;
    const json body = json::parse(transport.asked.at(call).body);
    for (const auto& record : body["Records"]) keys.push_back(record["PartitionKey"]);
    return keys;
  }
};

TEST_F(RecordSenderTest, SendsNothingBeforeACallIsFull) {
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(sender.add("data", "user"));
  EXPECT_TRUE(transport.asked.empty());
  transport.answer(200, outcomes(std::vector<const char*>(500, kTaken)));
  ASSERT_TRUE(sender.add("data", "last"));
  EXPECT_EQ(keys_of_call(0).size(), 500U);
  transport.answer(200, outcomes({kTaken}));
  ASSERT_TRUE(sender.flush());
  EXPECT_EQ(keys_of_call(1), std::vector<std::string>{"last"});
  EXPECT_EQ(sender.sent().records, 501);
  EXPECT_EQ(sender.sent().bytes, 501 * 4);
  EXPECT_EQ(sender.sent().records_by_shard.at("shardId-000000000000"), 501);
}

TEST_F(RecordSenderTest, KeepsACallWithinFiveMebibytesOfDataAndKeys) {
  const std::string key(16, 'k');
  const std::string data(kMostBytesPerRecord - key.size(), 'd');
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(sender.add(data, key));
  EXPECT_TRUE(transport.asked.empty());
  transport.answer(200, outcomes(std::vector<const char*>(5, kTaken)));
  ASSERT_TRUE(sender.add("", "k"));
  EXPECT_EQ(keys_of_call(0).size(), 5U);
}

TEST_F(RecordSenderTest, SendsOnlyTheRefusedRecordsAgain) {
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(sender.add("data", key));
  transport.answer(200, outcomes({kRefused, kTaken, kRefused})).answer(200, outcomes({kTaken, kTaken}));
  ASSERT_TRUE(sender.flush());
  EXPECT_EQ(keys_of_call(1), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(pauses.taken.size(), 1U);
  EXPECT_EQ(sender.sent().records, 3);
  EXPECT_EQ(sender.sent().retried, 2);
}

TEST_F(RecordSenderTest, GivesUpOnRecordsThatAreRefusedEveryTime) {
  ASSERT_TRUE(sender.add("data", "a"));
  for (int i = 0; i < 3; ++i) transport.answer(200, outcomes({kRefused}));
  const auto flushed = sender.flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code, "ProvisionedThroughputExceededException");
  EXPECT_EQ(flushed.error().what,
            "stream user-events refused 1 records 3 times: ProvisionedThroughputExceededException: slow down");
  EXPECT_EQ(sender.sent().records, 0);
}

TEST_F(RecordSenderTest, PassesOnAFailedCall) {
  ASSERT_TRUE(sender.add("data", "a"));
  transport.answer(400, R"({"__type":"ResourceNotFoundException","message":"gone"})");
  EXPECT_EQ(sender.flush().error().code, "ResourceNotFoundException");
}

TEST_F(RecordSenderTest, HasNothingToFlushTwice) {
  EXPECT_TRUE(sender.flush());
  EXPECT_TRUE(transport.asked.empty());
}

}  // namespace
}  // namespace aws
