#include "kcl/internal/message_parser.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/kcl/count_allocations.h"
#include "tests/kcl/fakes.h"

namespace kcl::internal {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// A line and what the parser makes of it, for as long as that is looked at. Every line is read both ways, at once and
/// record by record; the two have to agree, and the tests look at the first.
struct Parsed {
  explicit Parsed(std::string_view text) : line(text), message(parser.parse(line.span())) {
    PaddedLine again(text);
    MessageParser by_record(0);
    expect_same(message, by_record.parse(again.span()));
  }

  const Batch& batch() const { return std::get<Batch>(message->body); }
  const Record& only_record() const { return batch().records.front(); }
  std::string error() const { return message ? "no error, but a message" : message.error().what; }

  PaddedLine line;
  MessageParser parser;
  Result<Message> message;

 private:
  static void expect_same(const Result<Message>& at_once, const Result<Message>& by_record) {
    ASSERT_EQ(at_once.has_value(), by_record.has_value()) << (at_once ? by_record.error().what : at_once.error().what);
    if (!at_once) return;
    EXPECT_EQ(at_once->action, by_record->action);
    EXPECT_EQ(at_once->body.index(), by_record->body.index());
    const auto* batch = std::get_if<Batch>(&at_once->body);
    if (!batch) return;
    const auto& other = std::get<Batch>(by_record->body);
    EXPECT_EQ(batch->millis_behind_latest, other.millis_behind_latest);
    EXPECT_EQ(batch->repaired, other.repaired);
    EXPECT_TRUE(std::ranges::equal(batch->records, other.records, [](const Record& a, const Record& b) {
      return a.data == b.data && a.is_base64 == b.is_base64 && a.partition_key == b.partition_key &&
             a.position == b.position && a.arrival_ms == b.arrival_ms;
    }));
  }
};

std::string batch_of(std::string_view records) {
  return R"({"action":"processRecords","records":[)" + std::string(records) + R"(],"millisBehindLatest":0})";
}

/// A batch of one record that has `members` and a sequence number.
Parsed record_with(std::string_view members) {
  return Parsed(batch_of(R"({"sequenceNumber":"7",)" + std::string(members) + "}"));
}

TEST(MessageParser, ReadsWhatInitializeSays) {
  const Parsed parsed(
      R"({"action":"initialize","shardId":"shardId-000000000001","sequenceNumber":"TRIM_HORIZON","subSequenceNumber":3})");
  EXPECT_EQ(parsed.message->action, "initialize");
  const auto& start = std::get<Initialize>(parsed.message->body);
  EXPECT_EQ(start.shard_id, "shardId-000000000001");
  EXPECT_EQ(start.sequence, "TRIM_HORIZON");
  EXPECT_EQ(start.sub_sequence, 3);
}

TEST(MessageParser, TakesNullWhereInitializeHasNoPosition) {
  const Parsed parsed(R"({"action":"initialize","shardId":"s","sequenceNumber":null,"subSequenceNumber":null})");
  const auto& start = std::get<Initialize>(parsed.message->body);
  EXPECT_EQ(start.sequence, "");
  EXPECT_EQ(start.sub_sequence, 0);
}

TEST(MessageParser, ReadsEachMemberOfARecord) {
  const Parsed parsed(batch_of(
      R"({"action":"record","data":"eyJhIjoxfQ==","partitionKey":"user-1","sequenceNumber":"4959","approximateArrivalTimestamp":1712000000100,"subSequenceNumber":2})"));
  ASSERT_EQ(parsed.batch().records.size(), 1U);
  const Record& record = parsed.only_record();
  EXPECT_EQ(record.data, R"({"a":1})");
  EXPECT_TRUE(record.is_base64);
  EXPECT_EQ(record.partition_key, "user-1");
  EXPECT_EQ(record.position, (Position{"4959", 2}));
  EXPECT_EQ(record.arrival_ms, 1712000000100);
  EXPECT_EQ(parsed.batch().millis_behind_latest, 0);
  EXPECT_EQ(parsed.batch().repaired, 0U);
}

TEST(MessageParser, TakesNullOrNothingWhereARecordHasNoValue) {
  for (const char* members :
       {R"("partitionKey":null,"approximateArrivalTimestamp":null,"subSequenceNumber":null)", R"("action":"record")"}) {
    const Parsed parsed = record_with(members);
    EXPECT_EQ(parsed.only_record().partition_key, "");
    EXPECT_EQ(parsed.only_record().arrival_ms, 0);
    EXPECT_EQ(parsed.only_record().position.sub_sequence, 0);
  }
}

TEST(MessageParser, ReadsAnEmptyBatchAndAnUnknownLag) {
  const Parsed parsed(R"({"action":"processRecords","records":[],"millisBehindLatest":null})");
  EXPECT_TRUE(parsed.batch().records.empty());
  EXPECT_EQ(parsed.batch().millis_behind_latest, std::nullopt);
}

TEST(MessageParser, ReadsTheErrorOfACheckpointAnswer) {
  const Parsed refused(
      R"({"action":"checkpoint","sequenceNumber":"7","subSequenceNumber":0,"error":"ThrottlingException"})");
  EXPECT_EQ(std::get<CheckpointAnswer>(refused.message->body).error, "ThrottlingException");
  const Parsed done(R"({"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null,"error":null})");
  EXPECT_EQ(std::get<CheckpointAnswer>(done.message->body).error, "");
}

TEST(MessageParser, ReadsBlanksBetweenAnyTwoTokens) {
  const Parsed parsed(
      " {\t\"action\" : \"processRecords\" ,\"records\" : [ { \"data\" : \"e30=\"\t, \"sequenceNumber\" : \"7\" } ] } "
      "\t");
  ASSERT_TRUE(parsed.message) << parsed.error();
  EXPECT_EQ(parsed.only_record().data, "{}");
  EXPECT_EQ(parsed.only_record().position.sequence, "7");
}

TEST(MessageParser, DecodesInTheLineItselfWithPaddingBehindEachRecord) {
  Parsed parsed = record_with(R"("data":"e30=")");
  const std::span<char> line = parsed.line.span();
  const std::string_view data = parsed.only_record().data;
  EXPECT_GE(data.data(), line.data());
  EXPECT_LE(data.data() + data.size(), line.data() + line.size());
}

TEST(MessageParser, DecodesBase64ThatJsonEscapes) {
  EXPECT_EQ(record_with(R"("data":"\/\/\/\/")").only_record().data, "\xff\xff\xff");
  EXPECT_EQ(record_with(R"("data":"\u0065\u00330=")").only_record().data, "{}");
}

TEST(MessageParser, HandsOnARecordWhoseDataIsNotBase64) {
  const Parsed parsed(batch_of(R"({"data":"not base64!","sequenceNumber":"1"},{"data":"e30=","sequenceNumber":"2"})"));
  ASSERT_EQ(parsed.batch().records.size(), 2U);
  EXPECT_FALSE(parsed.batch().records[0].is_base64);
  EXPECT_EQ(parsed.batch().records[0].data, "not base64!");
  EXPECT_TRUE(parsed.batch().records[1].is_base64);
  EXPECT_EQ(parsed.batch().records[1].data, "{}");
}

TEST(MessageParser, HandsOnARecordWithoutData) {
  for (const char* members : {R"("data":null)", R"("partitionKey":"k")"}) {
    const Parsed parsed = record_with(members);
    EXPECT_FALSE(parsed.only_record().is_base64);
    EXPECT_EQ(parsed.only_record().data, "");
  }
  EXPECT_TRUE(record_with(R"("data":"")").only_record().is_base64);
}

TEST(MessageParser, UnescapesPartitionKeysAndReplacesHalvesOfSurrogatePairs) {
  EXPECT_EQ(record_with(R"("partitionKey":"a\"\\\u00e9")").only_record().partition_key, "a\"\\é");
  EXPECT_EQ(record_with(R"("partitionKey":"a\ud83d")").only_record().partition_key, "a\ufffd");
}

TEST(MessageParser, RepairsALineThatIsNotUtf8AndCountsThePlaces) {
  const Parsed parsed = record_with("\"partitionKey\":\"gr\xfcn \xe9\",\"data\":\"e30=\"");
  ASSERT_TRUE(parsed.message) << parsed.error();
  EXPECT_EQ(parsed.only_record().partition_key, "gr\ufffdn \ufffd");
  EXPECT_EQ(parsed.only_record().data, "{}");
  EXPECT_EQ(parsed.batch().repaired, 2U);
}

TEST(MessageParser, ParsesAGoodLineAfterOneThatWasRepairedOrRefused) {
  MessageParser parser;
  for (const std::string& text :
       {batch_of("{\"sequenceNumber\":\"7\",\"partitionKey\":\"\xfc\"}"), std::string("{\"action\":"),
        batch_of(R"({"sequenceNumber":"7","partitionKey":"k"})")}) {
    PaddedLine line(text);
    const auto message = parser.parse(line.span());
    if (!message) continue;
    const auto& batch = std::get<Batch>(message->body);
    EXPECT_EQ(batch.records.front().partition_key, batch.repaired ? "\ufffd" : "k");
  }
}

TEST(MessageParser, IgnoresMembersThatItDoesNotKnowHoweverDeepTheyAre) {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  const Parsed parsed(R"({"trace":)" + deep + R"(,"action":"leaseLost","a":{"b":[null,1.5e3,"x"]}})");
  ASSERT_TRUE(parsed.message) << parsed.error();
  EXPECT_TRUE(std::holds_alternative<LeaseLost>(parsed.message->body));
}

TEST(MessageParser, RefusesNestingWithoutEndLikeAnyOtherBadLine) {
  const std::string deep(1'000'000, '[');
  EXPECT_THAT(Parsed(deep).error(), StartsWith("byte 0: expected "));
  EXPECT_THAT(Parsed(batch_of(deep)).error(), HasSubstr("records"));
  EXPECT_FALSE(Parsed(R"({"trace":)" + deep).message);
}

TEST(MessageParser, KeepsSequenceNumbersOfAnyLengthAsText) {
  const std::string digits(129, '9');
  EXPECT_EQ(Parsed(batch_of(R"({"sequenceNumber":")" + digits + R"("})")).only_record().position.sequence, digits);
}

struct BadLine {
  std::string line;
  std::string error;  ///< How it begins.

  friend void PrintTo(const BadLine& bad, std::ostream* out) { *out << bad.line; }
};

class MessageParserRefuses : public testing::TestWithParam<BadLine> {};

TEST_P(MessageParserRefuses, TheLineAndSaysWhereAndWhatWasExpected) {
  EXPECT_THAT(Parsed(GetParam().line).error(), StartsWith(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, MessageParserRefuses,
    testing::Values(
        BadLine{"", "byte 0: expected a JSON object"}, BadLine{"null", "byte 0: expected a JSON object, found null"},
        BadLine{"[]", "byte 0: expected a JSON object, found []"},
        BadLine{"{}", "byte 0, action: expected initialize, processRecords, checkpoint, "},
        BadLine{"{\"action\":\"\x1b[2J\"}", "byte 0: expected a JSON object"},
        BadLine{R"({"action":7})", "byte 10, action: expected a string, found 7}"},
        BadLine{R"({"action":nope})", "byte 10, action: expected a string or null, found nope}"},
        BadLine{R"({"action":"leaseLost"} {})", "byte 23, leaseLost: expected nothing after the JSON object, found {}"},
        BadLine{R"({"action":"initialize"})",
                "byte 0, initialize, shardId: expected the name of a shard, found nothing"},
        BadLine{R"({"action":"initialize","shardId":"\x"})",
                R"(byte 33, initialize, shardId: expected a string with escapes that JSON has, found "\x")"},
        BadLine{R"({"action":"processRecords"})", "byte 0, processRecords, records: expected an array of records"},
        BadLine{R"({"action":"processRecords","records":null})",
                "byte 37, processRecords, records: expected an array of records, found null"},
        BadLine{R"({"action":"processRecords","records":[{"sequenceNumber":"1"},5]})",
                "byte 61, processRecords, records[1]: expected a JSON object, found 5]}"},
        BadLine{R"({"action":"processRecords","records":[{"data":""}]})",
                "byte 38, processRecords, records[0].sequenceNumber: expected one in every record"},
        BadLine{
            R"({"action":"processRecords","records":[{"sequenceNumber":""}]})",
            "byte 56, processRecords, records[0].sequenceNumber: expected a string of decimal digits, found \"\"}]}"},
        BadLine{R"({"action":"processRecords","records":[{"sequenceNumber":"-1"}]})",
                "byte 57, processRecords, records[0].sequenceNumber: expected a string of decimal digits, found -1"},
        BadLine{R"({"action":"processRecords","records":[{"sequenceNumber":1}]})",
                "byte 56, processRecords, records[0].sequenceNumber: expected a string, found 1}]}"},
        BadLine{R"({"action":"processRecords","records":[{"data":{"a":1}}]})",
                "byte 46, processRecords, records[0].data: expected a string, found {"},
        BadLine{R"({"action":"processRecords","records":[{"data":"e30="x}]})",
                "byte 52, processRecords, records[0].data: expected well-formed JSON"},
        BadLine{R"({"action":"processRecords","records":[{"subSequenceNumber":1e3}]})",
                "byte 59, processRecords, records[0].subSequenceNumber: expected an integer of 64 bits, found 1e3"},
        BadLine{R"({"action":"processRecords","records":[{"subSequenceNumber":9223372036854775808}]})",
                "byte 59, processRecords, records[0].subSequenceNumber: expected an integer of 64 bits, found 92233"},
        BadLine{R"({"action":"processRecords","records":[],"millisBehindLatest":"0"})",
                "byte 61, processRecords, millisBehindLatest: expected an integer of 64 bits, found \"0\""},
        BadLine{R"({"action":"processRecords","records":[{"sequenceNumber":"1"} {"sequenceNumber":"2"}]})",
                "byte 61, processRecords, records[1]: expected well-formed JSON"},
        BadLine{R"({"action":"shutdown"})",
                "byte 0, shutdown, reason: expected TERMINATE, SHARD_END, ZOMBIE or LEASE_LOST, found nothing"},
        BadLine{R"({"action":"status","responseFor":"initialize"})", "byte 11, action: expected initialize, "}));

TEST(MessageParser, NamesTheSamePlacesInALongLine) {
  const auto error_of = [](std::string_view text) {
    PaddedLine line(text);
    return MessageParser(0).parse(line.span()).error().what;
  };
  EXPECT_THAT(
      error_of(R"({"action":"processRecords","records":[{"sequenceNumber":"1"},{"sequenceNumber":"x"}]})"),
      StartsWith("byte 80, processRecords, records[1].sequenceNumber: expected a string of decimal digits, found x"));
  EXPECT_THAT(error_of(R"({"action":"processRecords","records":[{"sequenceNumber":"1"},5]})"),
              StartsWith("byte 61, processRecords, records[1]: expected a JSON object, found 5"));
  EXPECT_THAT(error_of(R"({"action":"processRecords","records":[{"sequenceNumber":"1"} {}]})"),
              StartsWith("byte 61, processRecords: expected one record, a comma, and the next, found {}]}"));
  EXPECT_THAT(error_of(R"({"action":"processRecords","records":[{"sequenceNumber":"1"}],"millisBehindLatest":"x"})"),
              StartsWith("byte 83, processRecords, millisBehindLatest: expected an integer of 64 bits, found \"x\""));
}

TEST(MessageParser, TakesAByteOrderMarkBeforeALineAndNotBeforeARecord) {
  EXPECT_TRUE(Parsed("\xEF\xBB\xBF" + batch_of(R"({"sequenceNumber":"1"})")).message);
  EXPECT_FALSE(Parsed(batch_of("\xEF\xBB\xBF{\"sequenceNumber\":\"1\"}")).message);
}

TEST(MessageParser, JudgesTheRestOfALongLineBeforeItsRecords) {
  PaddedLine line(R"({"records":[{"sequenceNumber":"x"}],"shardId":"s","action":"pause"})");
  EXPECT_THAT(MessageParser(0).parse(line.span()).error().what, StartsWith("byte 60, action: expected initialize, "));
}

TEST(MessageParser, TakesNoClosingBracketForAValue) {
  EXPECT_THAT(record_with(R"("x":],"y":])").error(), HasSubstr("records[0].x: expected a JSON value, found ]"));
  EXPECT_THAT(Parsed(R"({"action":"leaseLost","x":]})").error(), HasSubstr("leaseLost, x: expected a JSON value"));
}

TEST(MessageParser, SeesNoStringBehindABackslashOutsideOfStrings) {
  EXPECT_EQ(record_with(R"("x":[{\""}]}]}"}])").batch().records.size(), 1U);
  EXPECT_EQ(record_with(R"("x":[{\\\""}]}]}"}])").batch().records.size(), 1U);
  EXPECT_EQ(record_with(R"("x":[{\\"}]}]}"}])").batch().records.size(), 1U);
}

TEST(MessageParser, JudgesRecordsEvenWhereAMessageHasNoUseForThem) {
  EXPECT_THAT(Parsed(R"({"action":"shardEnded","records":[{"data":"eA==" "eA=="}]})").error(), HasSubstr("records[0]"));
  EXPECT_TRUE(Parsed(R"({"action":"shardEnded","records":[{"sequenceNumber":"7"}]})").message);
}

TEST(MessageParser, GivesBackTheMemoryOfALongLine) {
  std::string records;
  for (int i = 0; i < 500'000; ++i) records += R"({"sequenceNumber":"7"},)";
  records.back() = ' ';
  const std::string huge =
      batch_of(R"({"sequenceNumber":"7","data":")" + std::string(20'000'000, 'A') + R"("},)" + records);
  const auto allocated = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  MessageParser parser;
  PaddedLine first(huge);
  PaddedLine second(batch_of(R"({"sequenceNumber":"7"})"));
  ASSERT_TRUE(parser.parse(second.span()));

  const std::size_t before = allocated();
  ASSERT_EQ(std::get<Batch>(parser.parse(first.span())->body).records.size(), 500'001U);
  ASSERT_TRUE(parser.parse(second.span()));
  EXPECT_LT(allocated(), before + 1'000'000);
}

TEST(MessageParser, NeverPrintsAControlByteOfTheLine) {
  for (int byte = 0; byte < 0x20; ++byte) {
    const std::string control(1, static_cast<char>(byte));
    for (const std::string& text : {control, "{\"action\":\"" + control + "\"}", "{\"" + control + "\":1}",
                                    R"({"action":")" + control, R"({"action":"leaseLost"})" + control + "x"}) {
      for (const char c : Parsed(text).error()) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << byte;
    }
  }
}

TEST(MessageParser, RefusesEveryBeginningOfALine) {
  const std::string line = batch_of(
      R"({"action":"record","data":"eyJhIjoxfQ==","partitionKey":"\u00e9","sequenceNumber":"4959","approximateArrivalTimestamp":17,"subSequenceNumber":2})");
  for (std::size_t length = 0; length < line.size(); ++length) {
    EXPECT_FALSE(Parsed(line.substr(0, length)).message) << line.substr(0, length);
  }
}

TEST(MessageParser, ReadsOrRefusesALineWithAnyByteInAnyPlace) {
  const std::string line =
      batch_of(R"({"data":"e30=","partitionKey":"k","sequenceNumber":"4959","subSequenceNumber":2})");
  for (std::size_t place = 0; place < line.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = line;
      text[place] = static_cast<char>(byte);
      const Parsed parsed(text);
      EXPECT_TRUE(parsed.message || !parsed.error().empty());
    }
  }
}

TEST(MessageParser, AllocatesNothingForALineLikeTheLastOne) {
  std::string records;
  for (int i = 0; i < 1000; ++i) {
    records += (i ? "," : "") +
               (R"({"data":"eyJhIjoxfQ==","partitionKey":"k\n","sequenceNumber":")" + std::to_string(i)) + "\"}";
  }
  MessageParser parser;
  PaddedLine first(batch_of(records));
  PaddedLine second(batch_of(records));
  ASSERT_TRUE(parser.parse(first.span()));

  const std::size_t before = allocations();
  const auto message = parser.parse(second.span());
  const std::size_t after = allocations();

  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<Batch>(message->body).records.size(), 1000U);
  EXPECT_EQ(after - before, 0U);
}

}  // namespace
}  // namespace kcl::internal
