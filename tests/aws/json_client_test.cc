#include "aws/json_client.h"

#include "tests/aws/fake_transport.h"

namespace aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct JsonClientTest : testing::Test {
  FakeTransport transport;
  NotedPauses pauses;
  JsonClient client{transport, service_in_test(), credentials_in_test(), {.attempts = 3}, pauses.pause()};
};

TEST_F(JsonClientTest, PostsTheOperationAsTargetInTheServicesScope) {
  transport.answer(200, R"({"a":1})");
  const auto answer = client.call("PutRecords", "{}");
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, R"({"a":1})");
  const auto& asked = transport.asked.at(0);
  EXPECT_EQ(asked.url, "http://kinesis.test");
  EXPECT_EQ(asked.body, "{}");
  EXPECT_EQ(asked.region, "eu-west-2");
  EXPECT_EQ(asked.service, "kinesis");
  EXPECT_THAT(asked.headers, testing::ElementsAre(testing::Pair("Content-Type", "application/x-amz-json-1.1"),
                                                  testing::Pair("X-Amz-Target", "Kinesis_20131202.PutRecords")));
}

TEST_F(JsonClientTest, ReportsAnErrorAnswerByCodeAndNamesCallAndEndpoint) {
  transport.answer(400, R"({"__type":"com.amazonaws.kinesis#ResourceNotFoundException","message":"no such stream"})");
  const auto answer = client.call("PutRecords", "{}");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "ResourceNotFoundException");
  EXPECT_EQ(answer.error().what, "PutRecords at http://kinesis.test: ResourceNotFoundException: no such stream");
  EXPECT_EQ(transport.asked.size(), 1U);
}

TEST_F(JsonClientTest, ReadsTheOtherSpellingsOfAnErrorAnswer) {
  transport.answer(400, R"({"__type":"AccessDeniedException","Message":"not you"})");
  EXPECT_THAT(client.call("PutRecords", "{}").error().what, HasSubstr("AccessDeniedException: not you"));
  transport.answer(400, R"({"__type":"AccessDeniedException"})");
  EXPECT_THAT(client.call("PutRecords", "{}").error().what, HasSubstr("AccessDeniedException"));
}

TEST_F(JsonClientTest, SuspectsTheEndpointIfTheErrorIsNotOfAnAwsService) {
  transport.answer(404, "<html>" + std::string(10'000, 'x'));
  const auto answer = client.call("PutRecords", "{}");
  EXPECT_EQ(answer.error().code, "");
  EXPECT_THAT(answer.error().what, AllOf(HasSubstr("404"), HasSubstr("is the endpoint right?"), HasSubstr("<html>")));
  EXPECT_LT(answer.error().what.size(), 400U);
}

TEST_F(JsonClientTest, TriesAgainAfterThrottlingServerErrorsAndLostConnections) {
  transport.answer(400, R"({"__type":"LimitExceededException"})").answer(503, "").answer(200, "{}");
  EXPECT_TRUE(client.call("CreateStream", "{}"));
  transport.answer({.what = "connection reset", .worth_retrying = true}).answer(429, "").answer(200, "{}");
  EXPECT_TRUE(client.call("CreateStream", "{}"));
  EXPECT_EQ(pauses.taken.size(), 4U);
}

TEST_F(JsonClientTest, GivesUpAfterTheLastAttempt) {
  transport.answer(500, R"({"__type":"InternalFailure","message":"1"})")
      .answer(500, R"({"__type":"InternalFailure","message":"2"})")
      .answer(500, R"({"__type":"InternalFailure","message":"3"})");
  const auto answer = client.call("CreateStream", "{}");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "InternalFailure");
  EXPECT_THAT(answer.error().what, HasSubstr("3"));
  EXPECT_EQ(transport.asked.size(), 3U);
}

TEST_F(JsonClientTest, DoesNotRepeatWhatCannotPass) {
  transport.answer({.what = "unsupported protocol", .worth_retrying = false});
  EXPECT_THAT(client.call("CreateStream", "{}").error().what, HasSubstr("unsupported protocol"));
  EXPECT_TRUE(pauses.taken.empty());
}

}  // namespace
}  // namespace aws
