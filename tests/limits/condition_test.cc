#include "limits/condition.h"

#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "limits/rules.h"
#include "tests/limits/reader.h"

namespace limits {
namespace {

/// Whether a rule with that `match` takes an event of type "T".
bool matches(const std::string& match, const std::string& json) {
  const auto rules = Rules::parse(
      R"({"rules":[{"match":)" + match + R"(,"handler":"ignore"}],"default":"dead_letter"})", "rules.json");
  EXPECT_TRUE(rules) << rules.error().what;
  const Candidates& candidates = rules->candidates("T");
  const std::string bytes = json + std::string(Decoder::kPadding, ' ');
  Arena arena;
  Document document;
  EXPECT_FALSE(document.read(std::string_view(bytes).substr(0, json.size()), arena));
  const Route* route = rules->route(candidates, "T", document);
  return (route ? *route : rules->route(candidates)).action == Route::Action::kIgnore;
}

TEST(Condition, AnAttributeIsTestedByItsValue) {
  struct Case {
    std::string test;
    std::vector<std::string> holds;
    std::vector<std::string> fails;
  };
  for (const Case& each : std::vector<Case>{
           {R"("equals":"a")", {R"("a")", R"("\u0061")"}, {R"("A")", "null", "[\"a\"]", "{}", "true", "1"}},
           {R"("equals":5)", {"5", "5.00"}, {"\"5\"", "5.01", "null", "-5"}},
           {R"("equals":0.1)", {"0.1", "0.10", "1e-1"}, {"0.1000000000000000055", "0"}},
           {R"("equals":9007199254740993)", {"9007199254740993"}, {"9007199254740992", "9007199254740994"}},
           {R"("equals":true)", {"true"}, {"false", "\"true\"", "1"}},
           {R"("equals":null)", {"null"}, {"0", "\"\"", "{}"}},
           {R"("one_of":["a",7,false])", {"\"a\"", "7.0", "false"}, {"\"7\"", "8", "null"}},
           {R"("exists":true)", {"0", "null", "{}"}, {}},
           {R"("exists":false)", {}, {"0", "null", "{}"}},
           {R"("prefix":"ab")", {"\"ab\"", "\"abc\""}, {"\"a\"", "\"\"", "null", "[\"ab\"]", "12"}},
           {R"("minimum":1,"maximum":2)", {"1", "2", "1.99", "2.0"}, {"0.99", "2.000001", "\"1\"", "null", "1e999"}},
           {R"("exclusive_minimum":1,"exclusive_maximum":2)", {"1.5", "1.0000000000000000000001"}, {"1", "2.00", "0"}},
           {R"("prefix":"ab","one_of":["abc","x"])", {"\"abc\""}, {"\"x\"", "\"ab\""}},
       }) {
    const std::string match = R"({"at":"/a/b",)" + each.test + "}";
    for (const std::string& value : each.holds) {
      EXPECT_TRUE(matches(match, R"({"a":{"b":)" + value + "}}")) << match << value;
    }
    for (const std::string& value : each.fails) {
      EXPECT_FALSE(matches(match, R"({"a":{"b":)" + value + "}}")) << match << value;
    }
    EXPECT_EQ(matches(match, R"({"a":{}})"), each.test == R"("exists":false)") << match;
  }
}

TEST(Condition, AllThatStandsInAMatchMustHold) {
  const std::string match =
      R"({"type":"T","at":"/a","equals":1,"all":[{"at":"/b","exists":true}],"not":{"at":"/c","equals":3}})";
  EXPECT_TRUE(matches(match, R"({"a":1,"b":2})"));
  EXPECT_FALSE(matches(match, R"({"a":2,"b":2})"));
  EXPECT_FALSE(matches(match, R"({"a":1})"));
  EXPECT_FALSE(matches(match, R"({"a":1,"b":2,"c":3})"));
}

TEST(Condition, AnyTakesOneAndNotTurnsItRound) {
  const std::string any =
      R"({"any":[{"at":"/a","equals":1},{"at":"/a","equals":2},{"type":"U*","at":"/b","exists":true}]})";
  EXPECT_TRUE(matches(any, R"({"a":2})"));
  EXPECT_FALSE(matches(any, R"({"a":3,"b":1})"));
  EXPECT_TRUE(matches(R"({"any":[{"type":"U"},{"type":"T*"}]})", "{}"));
  EXPECT_TRUE(matches(R"({"not":)" + any + "}", R"({"a":3})"));
  EXPECT_FALSE(matches(R"({"not":{"not":{"at":"/a","equals":1}}})", R"({"a":2})"));
}

TEST(Condition, SaysWhyItDoesNotHold) {
  for (const auto& [match, json, why] : {
           std::tuple(R"({"type":"U"})", "{}", R"(the type is "T", not "U")"),
           std::tuple(R"({"type":"U*"})", "{}", R"(the type is "T" and does not begin with "U")"),
           std::tuple(R"({"at":"/a","equals":"x"})", "{}", "/a is not there"),
           std::tuple(R"({"at":"/a","equals":"x"})", R"({"a":1})", R"(/a is the number 1, not "x")"),
           std::tuple(R"({"at":"/a","one_of":["x",2,null]})", R"({"a":"y"})",
                      R"(/a is "y", not one of "x", the number 2, null)"),
           std::tuple(R"({"at":"/a","exists":true})", "{}", "/a is not there"),
           std::tuple(R"({"at":"/a","exists":false})", R"({"a":null})", "/a is null, and must not be there"),
           std::tuple(R"({"at":"/a","prefix":"ab"})", R"({"a":"b"})", R"(/a is "b" and does not begin with "ab")"),
           std::tuple(R"({"at":"/a","minimum":5})", R"({"a":4})", "/a is the number 4 and not within the bounds"),
           std::tuple(R"({"all":[{"at":"/a","equals":1},{"at":"/b","equals":2}]})", R"({"a":1,"b":3})",
                      "/b is the number 3, not the number 2"),
           std::tuple(R"({"any":[{"at":"/a","equals":1},{"type":"U"}]})", R"({"a":2})",
                      "none of 2 holds; of the first: /a is the number 2, not the number 1"),
           std::tuple(R"({"not":{"at":"/a","exists":true}})", R"({"a":2})", "what must not hold does"),
       }) {
    const auto rules = Rules::parse(
        R"({"rules":[{"match":)" + std::string(match) + R"(,"handler":"ignore"}],"default":"dead_letter"})", "r");
    const std::string bytes = json + std::string(Decoder::kPadding, ' ');
    Arena arena;
    Document document;
    ASSERT_FALSE(document.read(std::string_view(bytes).substr(0, std::string_view(json).size()), arena));
    const RoutingAccount account = rules->account_for("T", document);
    EXPECT_TRUE(account.by_default) << match;
    EXPECT_EQ(account.refusals, std::vector<std::string>{why});
  }
}

TEST(Condition, AWalkThroughTheRulesEndsAtTheOneThatTakesTheEvent) {
  const auto rules = Rules::parse(
      R"({"rules":[{"match":{"type":"A"},"handler":"ignore"},{"match":{"at":"/a","exists":true},"handler":"create_limit"},)"
      R"({"match":{"type":"*"},"handler":"reset_progress"}],"default":"dead_letter"})",
      "r");
  const std::string bytes = "{}" + std::string(Decoder::kPadding, ' ');
  Arena arena;
  Document document;
  ASSERT_FALSE(document.read(std::string_view(bytes).substr(0, 2), arena));
  EXPECT_TRUE(rules->account_for("A", document).refusals.empty());
  const RoutingAccount account = rules->account_for("B", document);
  EXPECT_EQ(account.refusals.size(), 2u);
  EXPECT_EQ(account.route->handler->name, "reset_progress");
  EXPECT_TRUE(rules->account_for("", document).by_default) << "an event without a type goes by other rules alone";
}

}  // namespace
}  // namespace limits
