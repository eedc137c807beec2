#include "aws/stream_reader.h"

#include <nlohmann/json.hpp>

#include "aws/base64.h"
#include "tests/aws/fake_transport.h"

namespace aws {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kNow = 1'712'000'000'000;

std::string page(const std::vector<std::string>& records, std::int64_t behind, const json& next = "next",
                 double arrival = 1'711'999'999.5) {
  json answer{{"Records", json::array()}, {"MillisBehindLatest", behind}, {"NextShardIterator", next}};
  for (const std::string& data : records) {
    std::string base64;
    append_base64(base64, data);
    answer["Records"].push_back({{"Data", base64}, {"ApproximateArrivalTimestamp", arrival}, {"PartitionKey", "u"}});
  }
  return answer.dump();
}

struct StreamReaderTest : testing::Test {
  FakeTransport transport;
  NotedPauses pauses;
  JsonClient client{transport, service_in_test(), credentials_in_test(), {.attempts = 2}, pauses.pause()};
  Kinesis kinesis{client};
  StreamReader reader{kinesis, "user-events"};
  std::vector<std::string> seen;

  void shard(const std::string& id = "shard-0") {
    transport.answer(200, R"({"Shards":[{"ShardId":")" + id + R"("}]})").answer(200, R"({"ShardIterator":"first"})");
  }
  Result<void> read(std::optional<std::int64_t> since = {}) {
    return reader.each_record(since, kNow, [&](std::string_view data) {
      seen.emplace_back(data);
      return true;
    });
  }
  json body(std::size_t call) { return json::parse(transport.asked.at(call).body); }
};

TEST_F(StreamReaderTest, ReadsEachShardToWhereItsRecordsEndNow) {
  transport.answer(200, R"({"Shards":[{"ShardId":"a"}],"NextToken":"more"})")
      .answer(200, R"({"Shards":[{"ShardId":"b"}]})")
      .answer(200, R"({"ShardIterator":"first of a"})")
      .answer(200, page({"1", "2"}, 500, "second of a"))
      .answer(200, page({}, 400, "third of a"))  // there is more further on
      .answer(200, page({"3"}, 0))
      .answer(200, R"({"ShardIterator":"first of b"})")
      .answer(200, page({"4"}, 0, nullptr));
  ASSERT_TRUE(read());
  EXPECT_THAT(seen, ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(body(1), json({{"NextToken", "more"}}));
  EXPECT_EQ(body(2), json({{"StreamName", "user-events"}, {"ShardId", "a"}, {"ShardIteratorType", "TRIM_HORIZON"}}));
  EXPECT_EQ(body(5), json({{"ShardIterator", "third of a"}}));
}

TEST_F(StreamReaderTest, ReadsAClosedShardToItsEnd) {
  shard();
  transport.answer(200, page({"1"}, 500, nullptr));
  ASSERT_TRUE(read());
  EXPECT_THAT(seen, ElementsAre("1"));
}

TEST_F(StreamReaderTest, EndsOnAShardThatIsWrittenFasterThanRead) {
  shard();
  transport.answer(200, page({"1"}, 500)).answer(200, page({"2"}, 500, "next", 1'712'000'001));
  ASSERT_TRUE(read());
  EXPECT_THAT(seen, ElementsAre("1", "2"));
}

TEST_F(StreamReaderTest, BeginsWhereItIsTold) {
  shard();
  transport.answer(200, page({}, 0));
  ASSERT_TRUE(read(1'711'999'000'250));
  EXPECT_EQ(body(1), json({{"StreamName", "user-events"},
                           {"ShardId", "shard-0"},
                           {"ShardIteratorType", "AT_TIMESTAMP"},
                           {"Timestamp", 1'711'999'000.25}}));
}

TEST_F(StreamReaderTest, StopsWhenItIsTold) {
  shard();
  transport.answer(200, page({"1", "2"}, 500));
  ASSERT_TRUE(reader.each_record({}, kNow, [&](std::string_view data) {
    seen.emplace_back(data);
    return false;
  }));
  EXPECT_THAT(seen, ElementsAre("1"));
}

TEST_F(StreamReaderTest, WaitsForAShardThatOthersHaveUsedUp) {
  shard();
  transport.answer(400, R"({"__type":"ProvisionedThroughputExceededException"})").answer(200, page({"1"}, 0));
  ASSERT_TRUE(read());
  EXPECT_EQ(pauses.taken.size(), 1U);
  EXPECT_THAT(seen, ElementsAre("1"));
}

TEST_F(StreamReaderTest, NamesTheCallWhoseAnswerIsNoGood) {
  const std::string good_shards = R"({"Shards":[{"ShardId":"a"}]})";
  const std::string good_iterator = R"({"ShardIterator":"first"})";
  for (const auto& [answers, what] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"[]"}, "ListShards at http://kinesis.test: the answer has no Shards"},
           {{R"({"Shards":[1]})"}, "ListShards at http://kinesis.test: a shard has no ShardId"},
           {{good_shards, "{}"}, "GetShardIterator at http://kinesis.test: the answer has no ShardIterator"},
           {{good_shards, good_iterator, "{}"}, "GetRecords at http://kinesis.test: the answer has no Records"},
           {{good_shards, good_iterator, R"({"Records":[{"Data":"?"}]})"}, "a record's Data is no base64"}}) {
    for (const std::string& answer : answers) transport.answer(200, answer);
    const auto done = read();
    ASSERT_FALSE(done) << what;
    EXPECT_THAT(done.error().what, HasSubstr(what));
  }
}

}  // namespace
}  // namespace aws
