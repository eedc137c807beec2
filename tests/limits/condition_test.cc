#include "limits/condition.h"

#include <string>
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

}  // namespace
}  // namespace limits
