#include "limits/event.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/limits/reader.h"

namespace limits {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Kind = Value::Kind;

constexpr std::string_view kEvent =
    R"({"aggregateId":"user-7f3k","context":{"correlationId":"cor-12"},"createdAt":1712000050000,)"
    R"("eventId":"evt-0004","payload":{"amount":"120.50","brandId":"a001","currencyCode":"EUR",)"
    R"("nextResetTime":1712086400890,"previousProgress":"0","userLimitId":"limit-day-1"},)"
    R"("sequenceNumber":4,"source":"limitUser","type":"USER_LIMIT_PROGRESS_CHANGED"})";

/// An event with that payload, and more members of the envelope before it.
std::string event_with(std::string_view payload, std::string_view more = "") {
  return std::string(R"({"aggregateId":"u","createdAt":1,"eventId":"e","sequenceNumber":2,"type":"T",)")
      .append(more)
      .append(R"("payload":)")
      .append(payload)
      .append("}");
}

class EventTest : public testing::Test {
 protected:
  Event event(std::string_view json) {
    auto read = reader_.read(json);
    EXPECT_TRUE(read) << json << "\n" << read.error().what;
    return read ? *read : Event{};
  }

  /// The fault of a text that cannot be decoded, whatever bytes follow it.
  Fault fault(std::string_view json) {
    Fault first;
    for (const char next : {'}', ']', ',', '"', ' ', '\0', '{', 'x'}) {
      const auto read = reader_.read(json, next);
      EXPECT_FALSE(read) << json;
      if (read) return {};
      if (first.what.empty()) first = read.error();
      EXPECT_EQ(read.error().reason, first.reason);
    }
    return first;
  }

  void expect_bad_json(std::string_view json, std::string_view what = "") {
    const Fault found = fault(json);
    EXPECT_EQ(found.reason, Reason::kBadJson) << json << "\n" << found.what;
    EXPECT_THAT(found.what, HasSubstr(std::string(what))) << json;
  }

  Reader reader_;
};

TEST_F(EventTest, IsReadWithItsEnvelopeAndPayload) {
  const Event read = event(kEvent);
  EXPECT_FALSE(read.fault);
  EXPECT_EQ(read.aggregate_id, "user-7f3k");
  EXPECT_EQ(read.event_id, "evt-0004");
  EXPECT_EQ(read.type, "USER_LIMIT_PROGRESS_CHANGED");
  EXPECT_EQ(read.sequence.value, 4);
  EXPECT_EQ(read.created_at.value, 1712000050000);
  EXPECT_EQ(read[Field::kAmount].kind, Kind::kString);
  EXPECT_EQ(read[Field::kAmount].text, "120.50");
  EXPECT_EQ(read[Field::kNextResetTime].kind, Kind::kNumber);
  EXPECT_EQ(read[Field::kNextResetTime].text, "1712086400890");
  EXPECT_EQ(read[Field::kUserLimitId].text, "limit-day-1");
  EXPECT_EQ(read[Field::kValue].kind, Kind::kAbsent);
}

TEST_F(EventTest, ForgetsTheEventBefore) {
  (void)event(kEvent);
  const Event read = event(R"({"type":"T"})");
  EXPECT_TRUE(read.fault);
  EXPECT_EQ(read.aggregate_id, "");
  EXPECT_EQ(read[Field::kAmount].kind, Kind::kAbsent);
}

TEST_F(EventTest, ReadsMembersInAnyOrderAndWithAnyWhiteSpace) {
  const Event read = event(
      "\r\n {\t\"payload\" : { \"amount\"\r\n:\t\"1\" } ,\"type\":\"T\" , \"sequenceNumber\": 7\r\n,"
      "\"eventId\":\"e\",\"createdAt\":1 ,\"aggregateId\":\"u\" }\r\n");
  EXPECT_FALSE(read.fault);
  EXPECT_EQ(read.sequence.value, 7);
  EXPECT_EQ(read[Field::kAmount].text, "1");
}

TEST_F(EventTest, EnumeratesFieldsInTheOrderOfTheirNames) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kFieldCount; ++i) names.push_back(name_of(static_cast<Field>(i)));
  EXPECT_TRUE(std::ranges::is_sorted(names));
  EXPECT_EQ(name_of(Field::kValue), "value");
  EXPECT_EQ(name_of(Field::kUserLimitId), "userLimitId");
}

TEST_F(EventTest, ReadsEveryKindOfPayloadValue) {
  const Event read = event(event_with(
      R"({"amount":null,"brandId":true,"period":false,"progress":-1.5e+3,"status":[1,{"a":[]}],"type":{"b":{}},"value":""})"));
  EXPECT_EQ(read[Field::kAmount].kind, Kind::kNull);
  EXPECT_EQ(read[Field::kBrandId].kind, Kind::kBoolean);
  EXPECT_EQ(read[Field::kBrandId].text, "true");
  EXPECT_EQ(read[Field::kPeriod].text, "false");
  EXPECT_EQ(read[Field::kProgress].kind, Kind::kNumber);
  EXPECT_EQ(read[Field::kProgress].text, "-1.5e+3");
  EXPECT_EQ(read[Field::kStatus].kind, Kind::kArray);
  EXPECT_EQ(read[Field::kType].kind, Kind::kObject);
  EXPECT_EQ(read[Field::kValue].kind, Kind::kString);
  EXPECT_EQ(read[Field::kValue].text, "");
}

TEST_F(EventTest, UnescapesStringsAndNames) {
  const Event read = event(event_with(R"({"user\u004cimitId":"a\"\\\/\n\u0000\u00dc\ud83c\udfb2","value":"plain"})"));
  EXPECT_EQ(read[Field::kUserLimitId].text, std::string_view("a\"\\/\n\0Ü🎲", 12));
  EXPECT_EQ(read[Field::kValue].text, "plain");
}

TEST_F(EventTest, PassesOverFieldsThatNobodyReads) {
  const Event read = event(event_with(R"({"amount":"1","x":{"amount":"2","y":[[],{},"\u00e9",1e5,null]},"x":1})",
                                      R"("source":[1],"source":2,"context":null,"":{"":{}},)"));
  EXPECT_FALSE(read.fault);
  EXPECT_EQ(read[Field::kAmount].text, "1");
}

TEST_F(EventTest, ReadsALineWithAByteOrderMark) {
  EXPECT_FALSE(event("\xEF\xBB\xBF" + std::string(kEvent)).fault);
}

TEST_F(EventTest, ReadsLargeEvents) {
  const std::string large(5'000'000, 'x');
  EXPECT_EQ(event(event_with(R"({"userLimitId":")" + large + R"("})"))[Field::kUserLimitId].text, large);
}

TEST_F(EventTest, BytesThatAreNoJsonAreBadJson) {
  expect_bad_json("", "byte 0: expected one JSON object, found nothing");
  expect_bad_json(" \r\n ", "found nothing");
  expect_bad_json("null", "another kind of value");
  expect_bad_json("[]", "another kind of value");
  expect_bad_json("\"type\"", "another kind of value");
  expect_bad_json("12", "another kind of value");
  expect_bad_json("{");
  expect_bad_json("}");
  expect_bad_json("hello");
  expect_bad_json(std::string_view("\0", 1));
  expect_bad_json(std::string(kEvent) + std::string(1, '\0'));
  expect_bad_json(std::string(kEvent.substr(0, kEvent.size() - 1)), "does not end");
}

TEST_F(EventTest, EveryCutEventIsBadJson) {
  for (std::size_t length = 0; length < kEvent.size(); ++length) expect_bad_json(kEvent.substr(0, length));
}

TEST_F(EventTest, BytesBehindTheEventCompleteNothing) {
  expect_bad_json(R"({"type":"T","context":[{})", "does not end");
  expect_bad_json(R"({"type":"T","context":[[[{})");
  expect_bad_json(R"({"type":"T","context":{})");
  expect_bad_json(R"({"type":"T","context":{"a":{"b":{})");
  expect_bad_json(R"({"type":"T","payload":{})");
  expect_bad_json(R"({"type":"T","payload":{"amount":[{})");
}

TEST_F(EventTest, BytesAfterTheObjectAreBadJson) {
  expect_bad_json(std::string(kEvent) + "}", "");
  expect_bad_json(std::string(kEvent) + ",", "");
  expect_bad_json(std::string(kEvent) + "{}", "more after it");
  expect_bad_json(std::string(kEvent) + "\n" + std::string(kEvent), "more after it");
}

TEST_F(EventTest, JsonIsCheckedWhereverItStands) {
  for (const std::string_view bad : {"tru",
                                     "True",
                                     "nul",
                                     "nulll",
                                     "truefalse",
                                     "01",
                                     "-",
                                     "+1",
                                     ".5",
                                     "5.",
                                     "1e",
                                     "1e+",
                                     "0x1",
                                     "1 2",
                                     "NaN",
                                     "Infinity",
                                     "'a'",
                                     "a",
                                     "[1,]",
                                     "[,1]",
                                     "[1 2]",
                                     "[1}",
                                     "{]",
                                     "[",
                                     "]",
                                     "{\"a\"}",
                                     "{\"a\":}",
                                     "{\"a\":1,}",
                                     "{,}",
                                     "{a:1}",
                                     "{1:1}",
                                     "{\"a\" 1}",
                                     "{\"a\":1 \"b\":2}",
                                     "{\"a\":1,,\"b\":2}",
                                     "\"\\x\"",
                                     "\"\\u12g4\"",
                                     "\"\\u12\"",
                                     "\"\t\"",
                                     "\"a",
                                     "tr\"ue\"",
                                     "1\"a\"",
                                     "\"a\"b",
                                     "//",
                                     "/**/1",
                                     "\xff"}) {
    SCOPED_TRACE(bad);
    expect_bad_json(event_with(bad));
    expect_bad_json(event_with("{\"amount\":" + std::string(bad) + "}"));
    expect_bad_json(event_with("{\"other\":" + std::string(bad) + "}"));
    expect_bad_json(event_with("{\"other\":[{\"deep\":" + std::string(bad) + "}]}"));
    expect_bad_json(event_with("{}", "\"context\":" + std::string(bad) + ","));
  }
}

TEST_F(EventTest, LoneSurrogatesAreBadJson) {
  for (const std::string_view bad : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")"}) {
    expect_bad_json(event_with("{\"userLimitId\":" + std::string(bad) + "}"), "a bad escape in a string");
    expect_bad_json(event_with("{\"other\":" + std::string(bad) + "}"), "a bad escape in a string");
    expect_bad_json(event_with("{" + std::string(bad) + ":1}"), "a bad escape in a string");
  }
}

TEST_F(EventTest, BytesOutsideUtf8AreNamedByTheirPlace) {
  expect_bad_json("{\"type\":\"\xC3\xBC \xFC\"}", "byte 12: expected one JSON object, found bytes that are not UTF-8");
  expect_bad_json("{\"type\":\"\xED\xA0\x80\"}", "byte 9: ");
  expect_bad_json("{\"type\":\"T\"}\xE2\x82", "byte 12: ");
}

TEST_F(EventTest, FieldsThatWeReadMayComeOnlyOnce) {
  expect_bad_json(event_with("{}", R"("type":"T",)"), "type: expected once, found twice");
  expect_bad_json(event_with("{}", R"("payload":{},)"), "payload: expected once, found twice");
  expect_bad_json(event_with("{}", R"("payload":1,)"), "payload: expected once, found twice");
  expect_bad_json(event_with(R"({"amount":"1","amount":"1"})"), "payload.amount: expected once, found twice");
  expect_bad_json(event_with(R"({"amount":"1","\u0061mount":null})"), "payload.amount: expected once, found twice");
}

TEST_F(EventTest, NestingHasABound) {
  const auto nested = [](int levels) {
    const auto count = static_cast<std::size_t>(levels);
    return std::string(count, '[') + std::string(count, ']');
  };
  EXPECT_FALSE(event(event_with("{}", "\"context\":" + nested(Decoder::kMaxDepth - 1) + ",")).fault);
  expect_bad_json(event_with("{}", "\"context\":" + nested(Decoder::kMaxDepth) + ","), "more than 512 levels");
  EXPECT_FALSE(event(event_with("{\"other\":" + nested(Decoder::kMaxDepth - 2) + "}")).fault);
  expect_bad_json(event_with("{\"other\":" + nested(Decoder::kMaxDepth - 1) + "}"), "more than 512 levels");
  expect_bad_json(event_with("{\"amount\":" + nested(1'000'000) + "}"), "more than 512 levels");
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += "{\"a\":";
  expect_bad_json(event_with(objects + "1" + std::string(1'000'000, '}')), "more than 512 levels");
  expect_bad_json(std::string(1'000'000, '['));
}

TEST_F(EventTest, AnEventWithoutATypeIsOneWithAFault) {
  struct Case {
    std::string json;
    Reason reason;
    std::string what;
  };
  for (const Case& each : std::vector<Case>{
           {"{}", Reason::kMissingField, "type: expected a non-empty string, found nothing"},
           {R"({"type":null})", Reason::kMissingField, "type: expected a non-empty string, found null"},
           {R"({"type":7})", Reason::kIllTyped, "type: expected a non-empty string, found the number 7"},
           {R"({"type":""})", Reason::kIllTyped, "type: expected a non-empty string, found \"\""},
       }) {
    const Event read = event(each.json);
    EXPECT_EQ(read.type, "") << each.json;
    ASSERT_TRUE(read.fault) << each.json;
    EXPECT_EQ(read.fault->reason, each.reason) << each.json;
    EXPECT_EQ(read.fault->what, each.what);
  }
}

TEST_F(EventTest, TheFaultOfTheRestOfTheEnvelopeIsKeptInside) {
  struct Case {
    std::string envelope;
    Reason reason;
    std::string what;
  };
  for (const Case& each : std::vector<Case>{
           {R"("createdAt":1,"eventId":"e","sequenceNumber":2,"payload":{})", Reason::kMissingField,
            "aggregateId: expected a non-empty string, found nothing"},
           {R"("aggregateId":"","createdAt":1,"eventId":"e","sequenceNumber":2,"payload":{})", Reason::kIllTyped,
            "aggregateId: expected a non-empty string, found \"\""},
           {R"("aggregateId":"u","createdAt":"1","eventId":"e","sequenceNumber":2,"payload":{})", Reason::kIllTyped,
            "createdAt: expected a time in whole milliseconds since 1970, found \"1\""},
           {R"("aggregateId":"u","createdAt":1.5,"eventId":"e","sequenceNumber":2,"payload":{})", Reason::kIllTyped,
            "createdAt: expected a time in whole milliseconds since 1970, found the number 1.5"},
           {R"("aggregateId":"u","createdAt":1,"eventId":["e"],"sequenceNumber":2,"payload":{})", Reason::kIllTyped,
            "eventId: expected a non-empty string, found an array"},
           {R"("aggregateId":"u","createdAt":1,"eventId":"e","sequenceNumber":1e3,"payload":{})", Reason::kIllTyped,
            "sequenceNumber: expected an integer, found the number 1e3"},
           {R"("aggregateId":"u","createdAt":1,"eventId":"e","sequenceNumber":9223372036854775808,"payload":{})",
            Reason::kOutOfRange,
            "sequenceNumber: expected an integer of 64 bits, found the number 9223372036854775808"},
           {R"("aggregateId":"u","createdAt":1,"eventId":"e","sequenceNumber":2)", Reason::kMissingField,
            "payload: expected an object, found nothing"},
           {R"("aggregateId":"u","createdAt":1,"eventId":"e","sequenceNumber":2,"payload":"{}")", Reason::kIllTyped,
            "payload: expected an object, found \"{}\""}}) {
    const Event read = event("{\"type\":\"T\"," + each.envelope + "}");
    EXPECT_EQ(read.type, "T");
    ASSERT_TRUE(read.fault) << each.envelope;
    EXPECT_EQ(read.fault->reason, each.reason);
    EXPECT_EQ(read.fault->what, each.what);
  }
}

TEST_F(EventTest, ReadsIntegersToTheirBounds) {
  const Event read = event(R"({"aggregateId":"u","createdAt":-9223372036854775808,"eventId":"e","payload":{},)"
                           R"("sequenceNumber":9223372036854775807,"type":"T"})");
  EXPECT_FALSE(read.fault);
  EXPECT_EQ(read.created_at.value, INT64_MIN);
  EXPECT_EQ(read.sequence.value, INT64_MAX);
}

}  // namespace
}  // namespace limits
