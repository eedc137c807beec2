#include "limits/handlers.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/limits/reader.h"

namespace limits {
namespace {

using testing::Eq;
using testing::HasSubstr;
using testing::Optional;

constexpr std::string_view kCreated =
    R"("activeFrom":1712000000990,"brandId":"a001","currencyCode":"EUR","period":"MONTH","status":"ACTIVE",)"
    R"("type":"LOSS","userId":"user-7f3k","userLimitId":"limit-month-1","value":"3000")";

Decimal decimal(std::string_view text) {
  return Decimal::parse(text).value();
}

class HandlersTest : public testing::Test {
 protected:
  Checked<Change> decide_on(std::string_view handler, std::string_view members) {
    const auto event = reader_.read(R"({"aggregateId":"user-7f3k","createdAt":1712000001000,"eventId":"evt-0003",)"
                                    R"("sequenceNumber":3,"type":"TYPE","payload":{)" +
                                    std::string(members) + "}}");
    EXPECT_TRUE(event) << event.error().what;
    return decide(*event, *find_handler(handler), reader_.arena());
  }

  Change change(std::string_view handler, std::string_view members) {
    auto decided = decide_on(handler, members);
    EXPECT_TRUE(decided) << decided.error().what;
    return decided ? *decided : Change{};
  }

  void expect_fault(std::string_view handler, std::string_view members, Reason reason, std::string_view what) {
    const auto decided = decide_on(handler, members);
    ASSERT_FALSE(decided) << members;
    EXPECT_EQ(decided.error().reason, reason);
    EXPECT_EQ(decided.error().what, what);
  }

  Reader reader_;
};

TEST_F(HandlersTest, EveryHandlerIsFoundByItsName) {
  for (const Handler* handler : handlers()) EXPECT_EQ(find_handler(handler->name), handler);
  EXPECT_EQ(find_handler("create_limits"), nullptr);
  EXPECT_EQ(find_handler(""), nullptr);
}

TEST_F(HandlersTest, SayWhatTheyWrite) {
  constexpr std::string_view kAllFields =
      R"(,"activeUntil":1,"amount":"1","previousLimitValue":"5","previousProgress":"0")";
  for (const Handler* handler : handlers()) {
    SCOPED_TRACE(handler->name);
    const Change decided = change(handler->name, std::string(kCreated) + std::string(kAllFields));
    EXPECT_EQ(decided.definition.has_value(), handler->writes.definition);
    EXPECT_EQ(decided.progress.has_value(), handler->writes.progress);
    EXPECT_EQ(decided.definition || decided.terms ? kAllTerms : 0, handler->writes.terms);
    EXPECT_EQ(decided.terms ? decided.terms->written() : handler->writes.terms, handler->writes.terms);
  }
}

TEST_F(HandlersTest, TheGroupsOfAnEventAreToldByItsFields) {
  for (const std::string_view members :
       {R"("value":"5")", R"("status":"CANCELED")", R"("activeUntil":7)", R"("activeUntil":null)",
        R"("previousLimitValue":"5")", R"("previousLimitValue":null,"value":"6")",
        R"("activeUntil":1,"previousLimitValue":null,"status":"FUTURE","value":"1")"}) {
    SCOPED_TRACE(members);
    // An id that looks like a member of the object.
    const Change made = change("change_limit", std::string(members) + R"(,"userLimitId":"\"value\":\"status\":")");
    const Groups groups = groups_of(*find_handler("change_limit"), made.fields);
    EXPECT_EQ(groups.terms, made.terms->written());
    EXPECT_FALSE(groups.definition || groups.progress);
  }
  EXPECT_EQ(groups_of(*find_handler("create_limit"), "{}").terms, kAllTerms) << "absent ones are written as null";
  EXPECT_TRUE(groups_of(*find_handler("reset_progress"), R"({"value":"1"})").terms.none());
}

TEST_F(HandlersTest, ChangeLimitSetsWhatComesAndNothingElse) {
  const Change made = change("change_limit", R"("userLimitId":"limit-1","value":"750.00","status":"IN_COOLDOWN")");
  EXPECT_FALSE(made.definition);
  EXPECT_EQ(made.progress, std::nullopt);
  ASSERT_TRUE(made.terms);
  EXPECT_EQ(made.terms->value->to_string(), "750.00");
  EXPECT_THAT(made.terms->status, Optional(Status::kInCooldown));
  EXPECT_FALSE(made.terms->active_until);
  EXPECT_FALSE(made.terms->previous_limit_value);
  EXPECT_EQ(made.fields, R"({"status":"IN_COOLDOWN","userLimitId":"limit-1","value":"750.00"})");
}

TEST_F(HandlersTest, ChangeLimitTakesAwayWhatComesAsNull) {
  const Change made = change(
      "change_limit", R"("activeUntil":null,"previousLimitValue":null,"status":null,"userLimitId":"l","value":null)");
  EXPECT_THAT(made.terms->active_until, Optional(Eq(std::nullopt)));
  EXPECT_THAT(made.terms->previous_limit_value, Optional(Eq(std::nullopt)));
  EXPECT_FALSE(made.terms->status) << "a limit always has one";
  EXPECT_FALSE(made.terms->value);
  EXPECT_EQ(made.fields, R"({"activeUntil":null,"previousLimitValue":null,"userLimitId":"l"})");
}

TEST_F(HandlersTest, ChangeLimitNeedsSomethingToChange) {
  for (const std::string_view members : {R"("userLimitId":"l")", R"("userLimitId":"l","value":null,"status":null)"}) {
    expect_fault("change_limit", members, Reason::kMissingField,
                 "payload: expected activeUntil, previousLimitValue, status or value, found none");
  }
}

TEST_F(HandlersTest, EveryHandlerDeclaresSortedFieldsAndRequiresTheLimitsId) {
  for (const Handler* handler : handlers()) {
    SCOPED_TRACE(handler->name);
    EXPECT_TRUE(std::ranges::is_sorted(handler->fields, std::ranges::less(), &FieldSpec::field));
    const auto id = std::ranges::find(handler->fields, Field::kUserLimitId, &FieldSpec::field);
    ASSERT_NE(id, handler->fields.end());
    EXPECT_EQ(id->kind, FieldKind::kId);
    EXPECT_EQ(id->presence, Presence::kRequired);
  }
}

TEST_F(HandlersTest, ChangesCarryTheEventsEnvelope) {
  const Change made = change("reset_progress", R"("userLimitId":"limit-1")");
  EXPECT_EQ(made.key, (LimitKey{"user-7f3k", "limit-1"}));
  EXPECT_EQ(made.stamp, (Stamp{{3}, "evt-0003"}));
  EXPECT_EQ(made.created_at.value, 1712000001000);
  EXPECT_EQ(made.type, "TYPE");
  EXPECT_EQ(made.handler, "reset_progress");
}

TEST_F(HandlersTest, AFaultOfTheEnvelopeIsTold) {
  const auto event = reader_.read(R"({"type":"USER_LIMIT_RESET","payload":{"userLimitId":"limit-1"}})");
  const auto decided = decide(event.value(), *find_handler("reset_progress"), reader_.arena());
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().reason, Reason::kMissingField);
  EXPECT_EQ(decided.error().what, "aggregateId: expected a non-empty string, found nothing");
}

TEST_F(HandlersTest, CreateLimitSetsBothGroups) {
  const Change made = change("create_limit", kCreated);
  ASSERT_TRUE(made.definition);
  EXPECT_EQ(made.definition->user_id, "user-7f3k");
  EXPECT_EQ(made.definition->brand_id, "a001");
  EXPECT_EQ(made.definition->currency_code, "EUR");
  EXPECT_EQ(made.definition->type, LimitType::kLoss);
  EXPECT_EQ(made.definition->period, Period::kMonth);
  EXPECT_EQ(made.definition->status, Status::kActive);
  EXPECT_EQ(made.definition->value.to_string(), "3000");
  EXPECT_EQ(made.definition->previous_limit_value, std::nullopt);
  EXPECT_EQ(made.definition->active_from.value, 1712000000990);
  EXPECT_EQ(made.definition->active_until, std::nullopt);
  EXPECT_EQ(made.definition->created_at, std::nullopt);
  ASSERT_TRUE(made.progress);
  EXPECT_EQ(made.progress->progress.to_string(), "0");
  EXPECT_EQ(made.progress->next_reset_time, std::nullopt);
  EXPECT_EQ(made.claimed_previous_progress, std::nullopt);
  EXPECT_EQ(made.fields, '{' + std::string(kCreated) + '}');
}

TEST_F(HandlersTest, CreateLimitTakesWhatIsOptional) {
  const Change made =
      change("create_limit", std::string(kCreated) + R"(,"activeUntil":5,"createdAt":6,"nextResetTime":7,)"
                                                     R"("previousLimitValue":"2500.0","progress":"12.30")");
  EXPECT_THAT(made.definition->active_until, Optional(TimeMs{5}));
  EXPECT_THAT(made.definition->created_at, Optional(TimeMs{6}));
  EXPECT_THAT(made.progress->next_reset_time, Optional(TimeMs{7}));
  EXPECT_EQ(made.definition->previous_limit_value->to_string(), "2500.0");
  EXPECT_EQ(made.progress->progress.to_string(), "12.30");
}

TEST_F(HandlersTest, CreateLimitWantsTheWholeDefinition) {
  for (const std::string_view name :
       {"activeFrom", "brandId", "currencyCode", "period", "status", "type", "userId", "userLimitId", "value"}) {
    std::string members(kCreated);
    const auto begin = members.find('"' + std::string(name) + '"');
    members.insert(begin + 1, "other-");
    const auto decided = decide_on("create_limit", members);
    ASSERT_FALSE(decided) << name;
    EXPECT_EQ(decided.error().reason, Reason::kMissingField);
    EXPECT_THAT(decided.error().what, testing::StartsWith("payload." + std::string(name) + ": expected "));
  }
}

TEST_F(HandlersTest, ChangeProgressAddsTheAmountToWhatTheEventSaysWasBefore) {
  const Change made = change(
      "change_progress",
      R"("amount":"79.5","nextResetTime":1712086400890,"previousProgress":"120.50","userLimitId":"limit-day-1")");
  EXPECT_FALSE(made.definition);
  EXPECT_EQ(made.progress->progress.to_string(), "200.00");
  EXPECT_THAT(made.progress->next_reset_time, Optional(TimeMs{1712086400890}));
  EXPECT_THAT(made.claimed_previous_progress, Optional(decimal("120.50")));
}

TEST_F(HandlersTest, ChangeProgressWithoutAResetTimeSetsNone) {
  const Change made =
      change("change_progress", R"("amount":"-1","nextResetTime":null,"previousProgress":"0","userLimitId":"l")");
  EXPECT_EQ(made.progress->progress.to_string(), "-1");
  EXPECT_EQ(made.progress->next_reset_time, std::nullopt);
}

TEST_F(HandlersTest, ChangeProgressRefusesASumThatWouldNotBeExact) {
  expect_fault("change_progress",
               R"("amount":"0.1","previousProgress":"99999999999999999999999999999999999999","userLimitId":"l")",
               Reason::kOutOfRange,
               "payload.amount: expected at most 38 digits, found the sum of 99999999999999999999999999999999999999 "
               "and 0.1");
}

TEST_F(HandlersTest, ResetProgressSetsZero) {
  const Change made = change("reset_progress", R"("nextResetTime":8,"resetAmount":"200.00","userLimitId":"limit-1")");
  EXPECT_FALSE(made.definition);
  EXPECT_EQ(made.progress->progress.to_string(), "0");
  EXPECT_THAT(made.progress->next_reset_time, Optional(TimeMs{8}));
  EXPECT_THAT(made.claimed_previous_progress, Optional(decimal("200")));
}

TEST_F(HandlersTest, ResetProgressClaimsNothingWithoutAResetAmount) {
  EXPECT_EQ(change("reset_progress", R"("userLimitId":"limit-1")").claimed_previous_progress, std::nullopt);
}

TEST_F(HandlersTest, FieldsAreCanonicalJsonOfWhatTheHandlerDeclares) {
  EXPECT_EQ(change("reset_progress", R"("userLimitId":"a\"\u0001\u00dc","zzz":[1],"type":"BET","resetAmount":"007.50",)"
                                     R"("period":null,"nextResetTime": 8 ,"amount":"1")")
                .fields,
            R"({"nextResetTime":8,"resetAmount":"7.50","type":"BET","userLimitId":"a\"\u0001Ü"})");
}

TEST_F(HandlersTest, OptionalFieldsAreCheckedIfTheyCome) {
  expect_fault("reset_progress", R"("userLimitId":"l","resetAmount":12)", Reason::kIllTyped,
               "payload.resetAmount: expected decimal text like \"12.50\", found the number 12");
  expect_fault("reset_progress", R"("userLimitId":"l","resetAmount":"1e3")", Reason::kIllTyped,
               "payload.resetAmount: expected decimal text like \"12.50\", found \"1e3\"");
  expect_fault("reset_progress", R"("userLimitId":"l","nextResetTime":true)", Reason::kIllTyped,
               "payload.nextResetTime: expected a time in whole milliseconds since 1970, found true");
  expect_fault("reset_progress", R"("userLimitId":"l","currencyCode":{})", Reason::kIllTyped,
               "payload.currencyCode: expected a string, found an object");
  expect_fault(
      "reset_progress", R"("userLimitId":"l","unusedAmount":"1.3333333333333333333333333333333333333333")",
      Reason::kOutOfRange,
      "payload.unusedAmount: expected at most 38 digits, found \"1.3333333333333333333333333333333333333333\"");
}

TEST_F(HandlersTest, UnknownWordsAreAnsweredWithTheNearest) {
  expect_fault("reset_progress", R"("userLimitId":"l","type":"DEPOSITS")", Reason::kUnknownValue,
               "payload.type: expected one of BALANCE, BET, DEPOSIT, LOSS, SESSION, found \"DEPOSITS\"; did you mean "
               "\"DEPOSIT\"?");
}

TEST_F(HandlersTest, MessagesShowOnlyTheBeginningOfLongTextAndNoControlCharacters) {
  expect_fault(
      "reset_progress", R"("userLimitId":"l","resetAmount":"\u001b[31m)" + std::string(1000, 'x') + '"',
      Reason::kIllTyped,
      "payload.resetAmount: expected decimal text like \"12.50\", found \"\\u001b[31m" + std::string(43, 'x') + "…\"");
}

/// The handlers' part of docs/rules.md, as the code has it.
std::string documentation() {
  std::ostringstream out;
  for (const Handler* handler : handlers()) {
    out << "### `" << handler->name << "`\n\n"
        << handler->summary << "\n\n| field | must it come | what it is |\n|---|---|---|\n";
    for (const FieldSpec& spec : handler->fields) {
      out << "| `" << name_of(spec.field) << "` | " << describe(spec.presence) << " | " << describe(spec.kind)
          << " |\n";
    }
    if (handler != handlers().back()) out << "\n";
  }
  return out.str();
}

TEST_F(HandlersTest, AreDocumentedAsTheyAre) {
  std::ifstream file(TEST_SOURCE_DIR "/../../docs/rules.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr(documentation()));
}

}  // namespace
}  // namespace limits
