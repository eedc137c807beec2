#include "limits/transform.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits/rules.h"
#include "tests/limits/reader.h"

namespace limits {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string with_transform(const std::string& transform, const std::string& handler = "change_progress") {
  return R"({"rules":[{"match":{"type":"*"},"handler":")" + handler + R"(","transform":)" + transform +
         R"(}],"default":"dead_letter"})";
}

class TransformTest : public testing::Test {
 protected:
  Checked<Event> make(const std::string& transform, const std::string& json) {
    auto rules = Rules::parse(with_transform(transform), "rules.json");
    EXPECT_TRUE(rules) << rules.error().what;
    if (!rules) return std::unexpected(Fault{Reason::kUnrouted, rules.error().what});
    rules_.push_back(std::move(*rules));
    const std::string& bytes = records_.emplace_back(json + std::string(Decoder::kPadding, '}'));
    const std::string_view text = std::string_view(bytes).substr(0, json.size());
    const auto event = decoder_.decode(text, arena_);
    EXPECT_TRUE(event);
    EXPECT_FALSE(document_.read(text, arena_));
    const Rules& kept = rules_.back();
    return kept.route(kept.candidates((*event)->type)).transform->apply(**event, document_, arena_);
  }

  /// What `amount` becomes of `x`; a fault's text if it becomes nothing.
  std::string amount(const std::string& source, const std::string& x) {
    const auto event =
        make(R"({"payload":{"amount":)" + source + "}}",
             R"({"aggregateId":"u","createdAt":1,"eventId":"e","sequenceNumber":2,"type":"T","x":)" + x + "}");
    return event ? std::string((*event)[Field::kAmount].text) : event.error().what;
  }

 private:
  std::deque<Rules> rules_;
  std::deque<std::string> records_;
  Decoder decoder_;
  Document document_;
  Arena arena_;
};

TEST_F(TransformTest, MinorUnitsBecomeExactDecimalText) {
  const std::string cents = R"({"from":"/x","as":"decimal","scale":2})";
  for (const auto& [x, text] : std::vector<std::pair<std::string, std::string>>{
           {"12050", "120.50"},
           {"0", "0.00"},
           {"7", "0.07"},
           {"-7", "-0.07"},
           {"-12345", "-123.45"},
           {"\"100\"", "1.00"},
           {"99999999999999999999999999999999999999", "999999999999999999999999999999999999.99"}}) {
    EXPECT_EQ(amount(cents, x), text);
  }
  EXPECT_EQ(amount(R"({"from":"/x","as":"decimal","scale":0})", "12050"), "12050");
  for (const char* x : {"1.5", "1e3", "\"\"", "\"-\"", "true", "{}"}) {
    EXPECT_THAT(amount(cents, x), StartsWith("payload.amount: expected an integer of minor units, found ")) << x;
  }
  EXPECT_THAT(amount(cents, std::string(39, '9')), HasSubstr("38 digits"));
}

TEST_F(TransformTest, DecimalsBecomeMinorUnits) {
  const auto sequence = [this](const std::string& x) {
    const auto event = make(R"({"sequenceNumber":{"from":"/x","as":"minor_units","scale":2}})",
                            R"({"aggregateId":"u","createdAt":1,"eventId":"e","type":"T","x":)" + x + "}");
    return event ? std::to_string(event->sequence.value) : event.error().what;
  };
  EXPECT_EQ(sequence("\"120.5\""), "12050");
  EXPECT_EQ(sequence("-0.07"), "-7");
  EXPECT_EQ(sequence("3"), "300");
  for (const char* x : {"\"1.005\"", "\"1.\"", "\".5\"", "\"1.-5\"", "1e2", "false", "\"\""}) {
    EXPECT_THAT(sequence(x),
                StartsWith("sequenceNumber: expected a decimal with at most 2 digits after the point, found "))
        << x;
  }
}

TEST_F(TransformTest, WordsChangeTheirCaseAndAreMapped) {
  EXPECT_EQ(amount(R"({"from":"/x","as":"text"})", "12.50"), "12.50");
  EXPECT_EQ(amount(R"({"from":"/x","as":"lower","map":{"one":"1","two":"2"}})", "\"ONE\""), "1");
  EXPECT_EQ(amount(R"({"from":"/x","as":"upper","map":{"\u00e9A":"1"}})", "\"\u00e9a\""), "1");
  EXPECT_EQ(amount(R"({"from":"/x","map":{"7":"1","true":"2"}})", "7"), "1");
  EXPECT_EQ(amount(R"({"from":"/x","map":{"7":"1","true":"2"}})", "true"), "2");
  EXPECT_EQ(amount(R"({"from":"/x","map":{"one":"1"}})", "\"ono\""),
            "payload.amount: expected one of one, found \"ono\"; did you mean \"one\"? (from /x, by "
            "/rules/0/transform/payload/amount)");
}

TEST_F(TransformTest, TheFirstPlaceThatIsThereIsTakenThenTheDefault) {
  const std::string places = R"({"from":["/y","/x/0","/x/1"],"default":"9"})";
  EXPECT_EQ(amount(places, R"([null,"2"])"), "2");
  EXPECT_EQ(amount(places, R"(["1","2"])"), "1");
  EXPECT_EQ(amount(places, "[]"), "9");
  EXPECT_EQ(amount(R"({"value":"3"})", "0"), "3");
  EXPECT_EQ(amount("\"/x\"", "\"4\""), "4");
  EXPECT_EQ(amount("\"/y\"", "0"),
            "payload.amount: expected decimal text like \"12.50\", found nothing (from /y, by "
            "/rules/0/transform/payload/amount)");
  EXPECT_EQ(amount(R"({"value":"x"})", "0"),
            "payload.amount: expected decimal text like \"12.50\", found \"x\" (by /rules/0/transform/payload/amount)");
}

TEST_F(TransformTest, WhatItDoesNotNameStaysAsItCame) {
  const auto event = make(R"({"eventId":"/id","payload":{"amount":"/payload/sum","nextResetTime":{"value":null}}})",
                          R"({"aggregateId":"u","createdAt":1,"id":"e","sequenceNumber":2,"type":"T",
                              "payload":{"sum":"5","amount":"6","previousProgress":"7","nextResetTime":8}})");
  ASSERT_TRUE(event) << event.error().what;
  EXPECT_FALSE(event->fault);
  EXPECT_EQ(event->aggregate_id, "u");
  EXPECT_EQ(event->event_id, "e");
  EXPECT_EQ(event->sequence.value, 2);
  EXPECT_EQ((*event)[Field::kAmount].text, "5");
  EXPECT_EQ((*event)[Field::kPreviousProgress].text, "7");
  EXPECT_EQ((*event)[Field::kNextResetTime].kind, Value::Kind::kNull);
}

TEST_F(TransformTest, AnEnvelopeThatIsNotThereIsAFaultOfTheEvent) {
  const auto event = make(R"({"eventId":"/id"})", R"({"createdAt":1,"id":"e","sequenceNumber":2,"type":"T"})");
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().reason, Reason::kMissingField);
  EXPECT_EQ(event.error().what, "aggregateId: expected a non-empty string, found nothing");
}

TEST(TransformRules, AreRefusedByPlaceAndReason) {
  const auto refused = [](const std::string& transform, const std::string& handler = "change_progress") {
    const auto rules = Rules::parse(with_transform(transform, handler), "rules.json");
    EXPECT_FALSE(rules) << transform;
    return rules ? "" : rules.error().what.substr(std::string("rules.json: /rules/0/transform").size());
  };
  EXPECT_EQ(refused("{}", "ignore"), ": builds an event for a handler, and this rule has none");
  EXPECT_EQ(refused("7"), ": expected an object, found number");
  EXPECT_THAT(refused(R"({"eventID":"/id"})"), HasSubstr("did you mean \"eventId\"?"));
  EXPECT_EQ(refused(R"({"payload":7})"), "/payload: expected an object, found number");
  EXPECT_THAT(
      refused(R"({"payload":{"amounts":"/x"}})"),
      testing::AllOf(StartsWith("/payload/amounts: change_progress reads no such field; there may be one of amount"),
                     HasSubstr("did you mean \"amount\"?")));
  EXPECT_EQ(refused(R"({"eventId":"id"})"), "/eventId: expected a JSON Pointer like \"/payload/status\", found \"id\"");
  EXPECT_EQ(refused(R"({"eventId":7})"), "/eventId: expected a JSON Pointer or an object, found number");
  EXPECT_EQ(refused(R"({"eventId":{}})"), "/eventId: the key \"from\" is missing");
  EXPECT_EQ(refused(R"({"eventId":{"from":[]}})"), "/eventId/from: expected a non-empty array, found []");
  EXPECT_THAT(refused(R"({"eventId":{"from":"/a","form":"/b"}})"), HasSubstr("did you mean \"from\"?"));
  EXPECT_THAT(refused(R"({"eventId":{"value":"a","from":"/b"}})"), StartsWith("/eventId/from: no such key here"));
  EXPECT_EQ(refused(R"({"eventId":{"value":[]}})"),
            "/eventId/value: expected a string, a number, true, false or null, found array");
  EXPECT_EQ(refused(R"({"eventId":{"from":"/a","as":"uper"}})"),
            "/eventId/as: expected one of text, integer, upper, lower, time, decimal, minor_units, found \"uper\"; did "
            "you mean \"upper\"?");
  EXPECT_EQ(refused(R"({"eventId":{"from":"/a","as":"decimal"}})"),
            "/eventId: the key \"scale\" is missing: how many digits are behind the point");
  EXPECT_EQ(refused(R"({"eventId":{"from":"/a","scale":2}})"),
            "/eventId: \"scale\" belongs to \"as\": \"decimal\" or \"minor_units\"");
  for (const char* scale : {"-1", "38", "2.0", "\"2\""}) {
    EXPECT_EQ(refused(std::string(R"({"eventId":{"from":"/a","as":"decimal","scale":)") + scale + "}}"),
              "/eventId/scale: expected an integer from 0 to 37");
  }
  EXPECT_EQ(refused(R"({"eventId":{"from":"/a","map":{}}})"),
            "/eventId/map: expected an object like {\"D\": \"DAY\"}, found {}");
  EXPECT_EQ(refused(R"({"eventId":{"from":"/a","default":{}}})"),
            "/eventId/default: expected a string, a number, true, false or null, found object");
}

}  // namespace
}  // namespace limits
