#include "aws/kinesis.h"

#include <array>

#include <nlohmann/json.hpp>

#include "tests/aws/fake_transport.h"

namespace aws {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct KinesisTest : testing::Test {
  FakeTransport transport;
  NotedPauses pauses;
  JsonClient client{transport, service_in_test(), credentials_in_test(), {.attempts = 1}, pauses.pause()};
  Kinesis kinesis{client};
};

TEST_F(KinesisTest, IsAtAwsInTheRegion) {
  EXPECT_EQ(kinesis_endpoint("eu-west-2"), "https://kinesis.eu-west-2.amazonaws.com");
}

TEST_F(KinesisTest, PutsRecordsAsBase64WithTheirKeys) {
  transport.answer(200, R"({"FailedRecordCount":1,"Records":[
      {"SequenceNumber":"1","ShardId":"shardId-000000000000"},
      {"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"slow down"}]})");
  const std::string_view bytes("\0\xff", 2);
  const std::array<PutEntry, 2> entries{
      {{.data = bytes, .partition_key = "user \"1\" é"}, {.data = "", .partition_key = "u"}}};
  const auto outcomes = kinesis.put_records("user-events", entries);
  ASSERT_TRUE(outcomes);
  EXPECT_EQ(json::parse(transport.asked.at(0).body), json::parse(R"({"StreamName":"user-events","Records":[
                {"Data":"AP8=","PartitionKey":"user \"1\" é"},{"Data":"","PartitionKey":"u"}]})"));
  EXPECT_EQ(outcomes->at(0).shard, "shardId-000000000000");
  EXPECT_EQ(outcomes->at(0).error_code, "");
  EXPECT_EQ(outcomes->at(1).error_code, "ProvisionedThroughputExceededException");
  EXPECT_EQ(outcomes->at(1).error_message, "slow down");
}

TEST_F(KinesisTest, RefusesAnAnswerThatDoesNotFitTheRecords) {
  const std::array<PutEntry, 1> entries{{{.data = "a", .partition_key = "u"}}};
  for (const char* answer : {"", "[]", "{}", R"({"Records":{}})", R"({"Records":[]})", R"({"Records":[{},{}]})"}) {
    transport.answer(200, answer);
    const auto outcomes = kinesis.put_records("user-events", entries);
    ASSERT_FALSE(outcomes) << answer;
    EXPECT_THAT(outcomes.error().what, HasSubstr("PutRecords at http://kinesis.test: the answer")) << answer;
  }
  transport.answer(200, R"({"Records":[1]})");
  EXPECT_FALSE(kinesis.put_records("user-events", entries));
}

TEST_F(KinesisTest, CreatesAStream) {
  transport.answer(200, "");
  EXPECT_TRUE(kinesis.create_stream("user-events", 4));
  EXPECT_EQ(json::parse(transport.asked.at(0).body), json::parse(R"({"StreamName":"user-events","ShardCount":4})"));
  EXPECT_EQ(transport.asked.at(0).headers.at(1).second, "Kinesis_20131202.CreateStream");
}

TEST_F(KinesisTest, WaitsUntilTheStreamIsActive) {
  transport.answer(200, R"({"StreamDescriptionSummary":{"StreamStatus":"CREATING","OpenShardCount":0}})")
      .answer(200, R"({"StreamDescriptionSummary":{"StreamStatus":"ACTIVE","OpenShardCount":4}})");
  const auto summary = kinesis.wait_until_active("user-events", {.attempts = 5}, pauses.pause());
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->open_shards, 4);
  EXPECT_EQ(pauses.taken.size(), 1U);
}

TEST_F(KinesisTest, DoesNotWaitForEverForAStream) {
  for (int i = 0; i < 3; ++i) transport.answer(200, R"({"StreamDescriptionSummary":{"StreamStatus":"DELETING"}})");
  const auto summary = kinesis.wait_until_active("user-events", {.attempts = 3}, pauses.pause());
  ASSERT_FALSE(summary);
  EXPECT_THAT(summary.error().what, HasSubstr("stream user-events is still DELETING"));
}

TEST_F(KinesisTest, RefusesADescriptionThatIsNone) {
  transport.answer(200, "{}");
  EXPECT_THAT(kinesis.describe_stream("user-events").error().what, HasSubstr("no StreamDescriptionSummary"));
}

}  // namespace
}  // namespace aws
