#include "limits/explanation.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "limits/handlers.h"
#include "tests/limits/reader.h"

namespace limits {
namespace {

/// The fault that the record meets on its way to the handler of progress.
Fault fault_of(std::string_view json) {
  Reader reader;
  const auto event = reader.read(json);
  if (!event) return event.error();
  const auto change = decide(*event, *find_handler("change_progress"), reader.arena());
  return change ? Fault{Reason::kUnrouted, "type: is sound"} : change.error();
}

std::string with_payload(std::string_view payload) {
  return R"({"aggregateId":"u","createdAt":1,"eventId":"e","payload":)" + std::string(payload) +
         R"(,"sequenceNumber":3,"type":"T"})";
}

Explanation explained(const std::string& raw) {
  const Fault fault = fault_of(raw);
  const auto explanation = explain(raw, fault);
  EXPECT_TRUE(explanation) << raw << ": " << fault.what;
  return explanation.value_or(Explanation());
}

/// The bytes that the explanation points at.
std::string pointed_at(const std::string& raw) {
  const Explanation explanation = explained(raw);
  return raw.substr(explanation.offset, explanation.size);
}

TEST(Explanation, PointsAtTheValue) {
  const std::string raw = with_payload(R"({"userLimitId":"l", "amount" : "a hundred" ,"previousProgress":"0"})");
  EXPECT_EQ(pointed_at(raw), R"("a hundred")");
  const Explanation explanation = explained(raw);
  EXPECT_EQ(explanation.place, "payload.amount");
  EXPECT_EQ(explanation.expected, R"(decimal text like "12.50")");
  EXPECT_EQ(explanation.found, R"("a hundred")");
  EXPECT_EQ(explanation.nearest, "");
}

TEST(Explanation, PointsAtAWholeObjectWhereAValueShouldBe) {
  EXPECT_EQ(pointed_at(with_payload(R"({"amount":{"a":[1,{}]},"userLimitId":"l","previousProgress":"0"})")),
            R"({"a":[1,{}]})");
}

TEST(Explanation, LooksInTheEnvelopeAndNotInWhatIsNestedThere) {
  const std::string raw =
      R"({"context":{"createdAt":"x"},"aggregateId":"u","createdAt":true,"eventId":"e","payload":{},)"
      R"("sequenceNumber":3,"type":"T"})";
  EXPECT_EQ(pointed_at(raw), "true");
}

TEST(Explanation, FindsAFieldWhoseNameIsEscaped) {
  const std::string raw = with_payload(R"({"am\u006funt":7,"userLimitId":"l","previousProgress":"0"})");
  EXPECT_EQ(pointed_at(raw), "7");
}

TEST(Explanation, PointsAtTheObjectThatLacksAField) {
  const std::string raw = with_payload(R"({ "userLimitId":"l","previousProgress":"0"})");
  EXPECT_EQ(pointed_at(raw), "{");
  EXPECT_EQ(explained(raw).offset, raw.find("{ "));
  EXPECT_EQ(explained(raw).found, "nothing");
  EXPECT_EQ(explained(R"({"aggregateId":"u","type":"T"})").offset, 0U);
}

TEST(Explanation, PointsAtTheSecondOfTwo) {
  const std::string raw = with_payload(R"({"amount":"1","amount":"2","userLimitId":"l"})");
  EXPECT_EQ(pointed_at(raw), R"("2")");
}

TEST(Explanation, PointsAtTheByteWhereJsonEnds) {
  const std::string raw = R"({"type":"T",})";
  EXPECT_LT(explained(raw).offset, raw.size());
  EXPECT_EQ(explained(raw).size, 1U);
  const std::string cut = R"({"type":"T")";
  EXPECT_LE(explained(cut).offset, cut.size());
  const std::string latin = "{\"type\":\"T\xe9\"}";
  EXPECT_EQ(pointed_at(latin), "\xe9");
}

TEST(Explanation, IsEmptyWhereTheBytesDoNotHaveThePlace) {
  EXPECT_FALSE(explain("no JSON", {Reason::kIllTyped, "payload.amount: expected a, found b"}));
  EXPECT_FALSE(explain("{}", {Reason::kBadJson, "byte 77: expected a, found b"}));
  EXPECT_FALSE(explain("{}", {Reason::kBadBase64, "data: is not base64"}));
  EXPECT_FALSE(explain("{}", {Reason::kBadJson, "a fault without a place"}));
}

struct Nearest {
  std::string_view written;
  std::string_view meant;
};

TEST(Explanation, NamesTheNearestDecimalText) {
  constexpr Nearest kCases[] = {
      {R"("1e3")", R"("1000")"},
      {R"("1.5E1")", R"("15")"},
      {R"("25e-1")", R"("2.5")"},
      {R"(".5")", R"("0.5")"},
      {R"("5.")", R"("5")"},
      {R"("+7.10")", R"("7.10")"},
      {R"("-.5")", R"("-0.5")"},
      {R"(" 12 ")", R"("12")"},
      {R"("1,234.50")", R"("1234.50")"},
      {"12", R"("12")"},
      {"12.50", R"("12.50")"},
      {"1e3", R"("1000")"},
      {R"("")", ""},
      {R"("1.2.3")", ""},
      {R"("1e99999999999")", ""},
      {R"("1e39")", ""},
      {R"("12 EUR")", ""},
      {"true", ""},
      {R"("e5")", ""},
      {R"("1e")", ""},
  };
  for (const auto& [written, meant] : kCases) {
    const std::string raw =
        with_payload(R"({"amount":)" + std::string(written) + R"(,"userLimitId":"l","previousProgress":"0"})");
    EXPECT_EQ(pointed_at(raw), written);
    EXPECT_EQ(explained(raw).nearest, meant) << written;
  }
}

TEST(Explanation, NamesTheNearestInteger) {
  constexpr Nearest kCases[] = {{R"("12")", "12"}, {"12.0", "12"}, {"1e3", "1000"}, {"12.5", ""}, {R"("soon")", ""}};
  for (const auto& [written, meant] : kCases) {
    const std::string raw = R"({"aggregateId":"u","createdAt":)" + std::string(written) +
                            R"(,"eventId":"e","payload":{},"sequenceNumber":3,"type":"T"})";
    EXPECT_EQ(explained(raw).nearest, meant) << written;
  }
}

TEST(Explanation, NamesTheNearestWordAndTheFieldThatWasMisspelt) {
  const Fault word{Reason::kUnknownValue,
                   R"(payload.period: expected one of DAY, WEEK, found "DAYS"; did you mean "DAY"?)"};
  const auto explanation = explain(R"({"payload":{"period":"DAYS"}})", word);
  ASSERT_TRUE(explanation);
  EXPECT_EQ(explanation->nearest, R"("DAY")");
  EXPECT_EQ(explanation->found, R"("DAYS")");
  EXPECT_EQ(explained(with_payload(R"({"ammount":"1","userLimitId":"l","previousProgress":"0"})")).nearest,
            R"("amount" in place of "ammount")");
}

}  // namespace
}  // namespace limits
