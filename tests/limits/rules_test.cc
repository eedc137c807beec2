#include "limits/rules.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

namespace limits {
namespace {

using testing::EndsWith;
using testing::StartsWith;
using Action = Route::Action;

Rules rules(std::string_view text) {
  auto parsed = Rules::parse(text, "rules.json");
  EXPECT_TRUE(parsed) << parsed.error().what;
  return parsed ? std::move(*parsed) : Rules();
}

std::string with_rule(std::string_view rule) {
  return R"({"rules":[)" + std::string(rule) + R"(],"default":"dead_letter"})";
}

std::string refusal(std::string_view text) {
  const auto parsed = Rules::parse(text, "rules.json");
  EXPECT_FALSE(parsed) << text;
  return parsed ? "" : parsed.error().what;
}

const Route& route_of(const Rules& read, std::string_view type) {
  return read.route(read.candidates(type));
}

std::string_view handler_of(const Rules& read, std::string_view type) {
  const Route& route = route_of(read, type);
  return route.action == Action::kHandle ? route.handler->name : "";
}

TEST(Rules, RouteByTypeOrPrefixAndElseByDefault) {
  const Rules read = rules(R"({"rules":[
      {"match":{"type":"USER_LIMIT_RESET"},"handler":"reset_progress"},
      {"match":{"type":"LIMIT_USER_*"},"handler":"ignore"}],
      "default":"dead_letter"})");
  EXPECT_EQ(handler_of(read, "USER_LIMIT_RESET"), "reset_progress");
  EXPECT_EQ(route_of(read, "LIMIT_USER_").action, Action::kIgnore);
  EXPECT_EQ(route_of(read, "LIMIT_USER_CREATED").action, Action::kIgnore);
  EXPECT_EQ(route_of(read, "LIMIT_USER").action, Action::kDeadLetter);
  EXPECT_EQ(route_of(read, "USER_LIMIT_RESETS").action, Action::kDeadLetter);
  EXPECT_EQ(route_of(read, "").action, Action::kDeadLetter);
}

TEST(Rules, AnswerTheSameEachTime) {
  const Rules read = rules(with_rule(R"({"match":{"type":"LIMIT_*"},"handler":"ignore"})"));
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      ASSERT_EQ(route_of(read, "LIMIT_" + std::to_string(i)).action, Action::kIgnore);
      ASSERT_EQ(route_of(read, "OTHER_" + std::to_string(i)).action, Action::kDeadLetter);
    }
  }
}

TEST(Rules, TheFirstThatMatchesWins) {
  const Rules read = rules(R"({"rules":[
      {"match":{"type":"A_1"},"handler":"create_limit"},
      {"match":{"type":"A_*"},"handler":"ignore"},
      {"match":{"type":"A_2"},"handler":"reset_progress"},
      {"match":{"type":"A_B_*"},"handler":"reset_progress"},
      {"match":{"type":"A_1"},"handler":"reset_progress"},
      {"match":{"type":"*"},"handler":"change_progress"},
      {"match":{"type":"C"},"handler":"reset_progress"}],
      "default":"dead_letter"})");
  EXPECT_EQ(handler_of(read, "A_1"), "create_limit");
  EXPECT_EQ(route_of(read, "A_2").action, Action::kIgnore);
  EXPECT_EQ(route_of(read, "A_B_C").action, Action::kIgnore);
  EXPECT_EQ(handler_of(read, "C"), "change_progress");
  EXPECT_EQ(handler_of(read, ""), "change_progress");
}

TEST(Rules, AnyActionMayBeTheDefaultOrARules) {
  EXPECT_EQ(route_of(rules(R"({"rules":[],"default":"ignore"})"), "X").action, Action::kIgnore);
  EXPECT_EQ(handler_of(rules(R"({"rules":[],"default":"create_limit"})"), "X"), "create_limit");
  EXPECT_EQ(route_of(rules(with_rule(R"({"match":{"type":"X"},"handler":"dead_letter"})")), "X").action,
            Action::kDeadLetter);
}

TEST(Rules, TheirVersionIsTheHashOfTheFile) {
  EXPECT_EQ(rules(R"({"rules":[],"default":"ignore"})").version(),
            "192d035792f6b2d3ab17692a9b309b8ddd2260424e31179517abfb351890bfce");
  EXPECT_NE(rules(R"({"rules":[],"default":"ignore"} )").version(),
            rules(R"({"rules":[],"default":"ignore"})").version());
}

TEST(Rules, ARefusalNamesFilePlaceAndReason) {
  EXPECT_EQ(refusal(with_rule(
                R"({"match":{"type":"A"},"handler":"ignore"},{"match":{"type":"B"},"handler":"reset_progres"})")),
            R"(rules.json: /rules/1/handler: no handler "reset_progres"; there are one of change_limit, )"
            R"(change_progress, create_limit, reset_progress, ignore, dead_letter; did you mean "reset_progress"?)");
  EXPECT_EQ(refusal("[]"), "rules.json: /: expected an object, found array");
  EXPECT_EQ(refusal("null"), "rules.json: /: expected an object, found null");
  EXPECT_EQ(refusal(R"({"rules":[]})"), R"(rules.json: /: the key "default" is missing)");
  EXPECT_EQ(refusal(R"({"default":"ignore"})"), R"(rules.json: /: the key "rules" is missing)");
  EXPECT_EQ(refusal(R"({"rules":{},"default":"ignore"})"), "rules.json: /rules: expected an array, found object");
  EXPECT_EQ(refusal(R"({"rules":[],"default":7})"), "rules.json: /default: expected a non-empty string, found number");
  EXPECT_EQ(refusal(R"({"rules":[],"default":""})"), "rules.json: /default: expected a non-empty string, found \"\"");
  EXPECT_EQ(
      refusal(R"({"rules":[],"defualt":"ignore"})"),
      R"(rules.json: /defualt: no such key here; there may be one of rules, default, $schema; did you mean "default"?)");
  EXPECT_EQ(refusal(with_rule("7")), "rules.json: /rules/0: expected an object, found number");
  EXPECT_EQ(refusal(with_rule(R"({"match":{"type":"A"}})")), R"(rules.json: /rules/0: the key "handler" is missing)");
  EXPECT_EQ(refusal(with_rule(R"({"match":{},"handler":"ignore"})")),
            R"(rules.json: /rules/0/match: is empty; {"type": "*"} matches every event)");
  EXPECT_EQ(refusal(with_rule(R"({"match":{"type":""},"handler":"ignore"})")),
            "rules.json: /rules/0/match/type: expected a non-empty string, found \"\"");
  EXPECT_EQ(refusal(with_rule(R"({"match":{"type":"A*B"},"handler":"ignore"})")),
            R"(rules.json: /rules/0/match/type: "*" may only stand at the end, found "A*B")");
}

TEST(Rules, ARefusalInAMatchNamesTheConditionAndWhatThereMayBe) {
  const auto refused = [](const std::string& match) {
    return refusal(with_rule(R"({"match":)" + match + R"(,"handler":"ignore"})")).substr(26);
  };
  EXPECT_THAT(refused(R"({"tpye":"A"})"),
              testing::AllOf(StartsWith("/tpye: no such key here"), EndsWith("did you mean \"type\"?")));
  EXPECT_EQ(refused(R"({"equals":1})"),
            R"(/equals: tests an attribute, and "at" beside it must say which: "at": "/payload/status")");
  EXPECT_THAT(refused(R"({"at":"/a"})"), StartsWith(": \"at\" needs a test: equals, one_of"));
  EXPECT_EQ(refused(R"({"at":"a","equals":1})"), R"(/at: expected a JSON Pointer like "/payload/status", found "a")");
  EXPECT_EQ(refused(R"({"all":[{"at":"/a","equals":[]}]})"),
            "/all/0/equals: expected a string, a number, true, false or null, found array");
  EXPECT_EQ(refused(R"({"any":[]})"), "/any: expected a non-empty array, found []");
  EXPECT_EQ(refused(R"({"not":7})"), "/not: expected an object, found number");
  EXPECT_EQ(refused(R"({"at":"/a","one_of":{}})"), "/one_of: expected a non-empty array, found object");
  EXPECT_EQ(refused(R"({"at":"/a","exists":1})"), "/exists: expected true or false, found number");
  EXPECT_EQ(refused(R"({"at":"/a","minimum":"1"})"), "/minimum: expected a number, found string");
  EXPECT_EQ(refused(R"({"at":"/a","equals":1,"one_of":[1]})"),
            ": \"equals\" and \"one_of\" together; take one of them");
  EXPECT_THAT(refused(R"({"type":")" + std::string(257, 'x') + "\"}"),
              StartsWith("/type: an event type has at most 256 bytes"));
}

TEST(Rules, ATypeHasTheConditionsThatCouldMatchItAndNoOthers) {
  const Rules read = rules(R"({"rules":[
      {"match":{"type":"A","at":"/x","equals":1},"handler":"ignore"},
      {"match":{"type":"B"},"handler":"create_limit"},
      {"match":{"at":"/y","exists":true},"handler":"ignore"},
      {"match":{"type":"A*","at":"/z","exists":true},"handler":"ignore"},
      {"match":{"type":"A*"},"handler":"reset_progress"},
      {"match":{"type":"C","at":"/x","equals":1},"handler":"ignore"}],
      "default":"dead_letter"})");
  EXPECT_THAT(read.candidates("A").conditional, testing::ElementsAre(0, 2, 3));
  EXPECT_FALSE(read.candidates("B").need_document());
  EXPECT_THAT(read.candidates("AX").conditional, testing::ElementsAre(2, 3));
  EXPECT_THAT(read.candidates("C").conditional, testing::ElementsAre(2, 5));
  EXPECT_THAT(read.candidates("").conditional, testing::ElementsAre(2));
  EXPECT_EQ(handler_of(read, "A"), "reset_progress");
  EXPECT_EQ(route_of(read, "C").action, Action::kDeadLetter);
}

TEST(Rules, OneThatCanNeverMatchIsAWarning) {
  const Rules read = rules(R"({"rules":[
      {"match":{"type":"A*"},"handler":"ignore"},
      {"match":{"type":"AB"},"handler":"ignore"},
      {"match":{"type":"AC*","at":"/x","equals":1},"handler":"ignore"},
      {"match":{"at":"/x","equals":1},"handler":"ignore"},
      {"match":{"equals":1,"at":"/x"},"handler":"dead_letter"},
      {"match":{"type":"*"},"handler":"ignore"},
      {"match":{"type":"B"},"handler":"ignore"}],
      "default":"dead_letter"})");
  std::vector<std::string> warnings;
  for (const RulesFinding& warning : read.warnings()) warnings.push_back(warning.what);
  ASSERT_THAT(
      warnings,
      testing::ElementsAre(
          "rules.json: /rules/1: can never match: /rules/0 stands before it and takes every event of such a type",
          "rules.json: /rules/2: can never match: /rules/0 stands before it and takes every event of such a type",
          "rules.json: /rules/4: can never match: /rules/3 stands before it and asks for the same",
          "rules.json: /rules/6: can never match: /rules/5 stands before it and takes every event of such a type"));
  EXPECT_EQ(read.warnings()[1].pointer, "/rules/2");
}

TEST(Rules, MayHaveCommentsAndNameTheirSchema) {
  const Rules read = rules(R"({ // which is where
      "$schema": "rules.schema.json", /* and
      more */ "rules":[], "default":"ignore"})");
  EXPECT_EQ(route_of(read, "X").action, Action::kIgnore);
}

TEST(Rules, OneThatCanNeverMatchForTwoReasonsIsOneWarning) {
  const Rules read = rules(with_rule(R"(
      {"match":{"type":"A"},"handler":"ignore"},
      {"match":{"type":"A"},"handler":"dead_letter"})"));
  ASSERT_EQ(read.warnings().size(), 1U);
  EXPECT_EQ(read.warnings()[0].what,
            "rules.json: /rules/1: can never match: /rules/0 stands before it and asks for the same");
}

TEST(Rules, KeepAThousandTypesOfThoseThatProducersChoose) {
  const Rules read = rules(with_rule(R"({"match":{"type":"A*","at":"/x","equals":1},"handler":"ignore"})"));
  const Candidates* const kept = &read.candidates("A");
  for (int i = 0; i < 2000; ++i) static_cast<void>(read.candidates("A" + std::to_string(i)));
  EXPECT_EQ(&read.candidates("A"), kept);
  const Candidates* const unkept = &read.candidates("A1998");
  EXPECT_EQ(&read.candidates("A1999"), unkept);
  EXPECT_THAT(unkept->conditional, testing::ElementsAre(0));
  EXPECT_EQ(&read.candidates("B"), unkept);
  EXPECT_FALSE(unkept->need_document());
}

TEST(Rules, KeepNoLongTypes) {
  const Rules read = rules(with_rule(R"({"match":{"type":"A*"},"handler":"ignore"})"));
  EXPECT_NE(&read.candidates(std::string(128, 'A')), &read.candidates(std::string(129, 'A')));
  EXPECT_EQ(&read.candidates(std::string(129, 'A')), &read.candidates(std::string(130, 'A')));
}

/// This thread's own time, which other programs cannot lengthen.
double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Reads twice as many rules as `pairs`, half of which never match, and asks for types that none of them names.
double seconds_to_read_and_ask(int pairs) {
  std::string many;
  for (int i = 0; i < pairs; ++i) {
    const std::string type = std::to_string(i) + (i % 2 == 0 ? "_A" : "_LONGER");
    many += R"({"match":{"type":")" + type + R"(*"},"handler":"ignore"},{"match":{"type":")" + type +
            R"(X"},"handler":"ignore"},)";
  }
  many.pop_back();
  const double start = thread_seconds();
  const Rules read = rules(with_rule(many));
  for (int i = 0; i < pairs; ++i) EXPECT_EQ(route_of(read, "X" + std::to_string(i)).action, Action::kDeadLetter);
  EXPECT_EQ(read.warnings().size(), static_cast<std::size_t>(pairs));
  return thread_seconds() - start;
}

/// What other programs take of the caches adds to a time and never takes from it.
double least_seconds_to_read_and_ask(int pairs) {
  return std::min({seconds_to_read_and_ask(pairs), seconds_to_read_and_ask(pairs), seconds_to_read_and_ask(pairs)});
}

TEST(Rules, TenTimesAsManyCostNotAHundredTimesAsMuch) {
  EXPECT_LT(least_seconds_to_read_and_ask(45'000), 50 * least_seconds_to_read_and_ask(4'500));
}

TEST(Rules, ThatWouldAllHaveToBeTriedForOneEventAreRefused) {
  std::string many = R"({"match":{"at":"/a","equals":0},"handler":"ignore"})";
  for (int i = 1; i < 256; ++i) {
    many += R"(,{"match":{"at":"/a","equals":)" + std::to_string(i) + R"(},"handler":"ignore"})";
  }
  EXPECT_EQ(rules(with_rule(many)).candidates("A").conditional.size(), 256U);
  EXPECT_EQ(
      refusal(with_rule(many + R"(,{"match":{"at":"/b","equals":1},"handler":"ignore"})")),
      "rules.json: /rules/256: more than 256 rules ask for more than a type that may be \"*\"; an event would have "
      "to try them all");
}

TEST(Rules, KeysMayComeOnlyOnce) {
  EXPECT_EQ(refusal(R"({"rules":[],"default":"ignore","rules":[]})"),
            "rules.json: /rules: stands here for the second time");
  EXPECT_EQ(refusal(with_rule(
                R"({"match":{"type":"A"},"handler":"ignore"},{"match":{"type":"A","type":"B"},"handler":"ignore"})")),
            "rules.json: /rules/1/match/type: stands here for the second time");
  EXPECT_EQ(refusal(R"({"rules":[],"default":"ignore","\u0072ules":[]})"),
            "rules.json: /rules: stands here for the second time");
  EXPECT_EQ(refusal(R"({"a/b":1,"a/b":2})"), "rules.json: /a~1b: stands here for the second time");
}

TEST(Rules, AKeyThatComesTwiceIsFoundBehindAnyValues) {
  EXPECT_EQ(refusal(R"([null,true,1,-1,1.5,"a",[],{},{"a":1,"a":2}])"),
            "rules.json: /8/a: stands here for the second time");
}

TEST(Rules, TextThatIsNoJsonIsNamedByLineAndColumn) {
  EXPECT_THAT(refusal("{\n  \"rules\": [,]\n}"), StartsWith("rules.json: line 2, column 13: syntax error"));
  EXPECT_THAT(refusal(""), StartsWith("rules.json: line 1, column 1: syntax error"));
  EXPECT_THAT(refusal(R"({"rules":[],"default":"ignore"} x)"), StartsWith("rules.json: line 1, column 33: "));
  EXPECT_THAT(refusal("{\"rules\":[],\"default\":\"\xff\"}"), StartsWith("rules.json: line 1, column "));
}

TEST(Rules, AreRefusedInWordsThatATerminalCanShow) {
  const std::string long_name(100'000, 'x');
  EXPECT_THAT(refusal("{\"\x7f" + long_name + "\":7}"), StartsWith("rules.json: /\\u007fxxx"));
  EXPECT_LT(refusal("{\"\x7f" + long_name + "\":7}").size(), 200U);
  EXPECT_EQ(refusal("{\"\x7f" + long_name),
            "rules.json: line 1, column 100004: syntax error while parsing object key - invalid string: missing "
            "closing quote");
}

TEST(Rules, ANumberBeyondADoubleIsAFaultAndNoCrash) {
  EXPECT_EQ(refusal(with_rule("1e999")), "rules.json: /: a number beyond any that rules may have");
}

TEST(Rules, DepthIsAFaultAndNoCrash) {
  EXPECT_THAT(refusal(std::string(1'000'000, '[')), EndsWith(": nested deeper than 16 levels"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_THAT(refusal(objects), EndsWith(": nested deeper than 16 levels"));
}

TEST(Rules, RefusesMoreValuesThanAnybodyWrites) {
  // So many alternatives, and 8 other values: two of them stand behind these.
  const auto file = [](int alternatives) {
    std::string text = R"({"rules": [{"match": {"at": "/a", "one_of": [0)";
    for (int i = 1; i < alternatives; ++i) text += ",1";
    return text + R"(]}, "handler": "ignore"}], "default": "ignore"})";
  };
  constexpr int kOthers = 8;
  EXPECT_TRUE(Rules::parse(file(400'000 - kOthers), "rules.json"));
  EXPECT_THAT(refusal(file(400'001 - kOthers)),
              EndsWith("/default: stands behind 400000 other values, and a rules file has no more"));
  EXPECT_THAT(refusal(file(400'001)), testing::HasSubstr("/rules/0/match/one_of/399994: stands behind 400000 other"));
}

TEST(Rules, AsShippedRouteEveryEventOfTheDesign) {
  std::ifstream file(TEST_SOURCE_DIR "/../../properties/rules.json");
  std::ostringstream text;
  text << file.rdbuf();
  const Rules shipped = rules(text.str());
  EXPECT_EQ(handler_of(shipped, "USER_LIMIT_CREATED"), "create_limit");
  EXPECT_EQ(handler_of(shipped, "USER_LIMIT_PROGRESS_CHANGED"), "change_progress");
  EXPECT_EQ(handler_of(shipped, "USER_LIMIT_RESET"), "reset_progress");
  EXPECT_EQ(handler_of(shipped, "USER_LIMIT_CHANGED"), "change_limit");
  EXPECT_EQ(route_of(shipped, "LIMIT_USER_CREATED").action, Action::kIgnore);
  EXPECT_EQ(route_of(shipped, "USER_LIMIT_CHANGE_SOURCE_ADDED").action, Action::kIgnore);
  EXPECT_EQ(route_of(shipped, "USER_LIMIT_DELETED").action, Action::kDeadLetter);
}

}  // namespace
}  // namespace limits
