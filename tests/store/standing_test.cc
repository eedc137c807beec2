#include "store/standing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

HistoryRow row(std::int64_t sequence, std::string type, std::string handler, std::string fields) {
  HistoryRow row;
  row.aggregate_id = "user-1";
  row.user_limit_id = "limit-1";
  row.sequence = sequence;
  row.event_id = "evt-" + std::to_string(sequence);
  row.type = std::move(type);
  row.handler = std::move(handler);
  row.created_at = 1000 * sequence;
  row.fields = std::move(fields);
  return row;
}

HistoryRow created(std::int64_t sequence) {
  HistoryRow made = row(sequence, "USER_LIMIT_CREATED", "create_limit",
                        R"({"activeFrom":1,"brandId":"b","currencyCode":"EUR","period":"DAY","status":"ACTIVE",)"
                        R"("type":"DEPOSIT","userId":"user-1","userLimitId":"limit-1","value":"500"})");
  made.progress_after = "0";
  return made;
}

HistoryRow progressed(std::int64_t sequence, const std::string& before, const std::string& amount,
                      const std::string& after) {
  HistoryRow made = row(sequence, "USER_LIMIT_PROGRESS_CHANGED", "change_progress",
                        R"({"amount":")" + amount + R"(","nextResetTime":9000,"previousProgress":")" + before +
                            R"(","userLimitId":"limit-1"})");
  made.progress_after = after;
  return made;
}

HistoryRow reset(std::int64_t sequence, const std::string& amount) {
  HistoryRow made = row(sequence, "USER_LIMIT_RESET", "reset_progress",
                        R"({"resetAmount":")" + amount + R"(","userLimitId":"limit-1"})");
  made.progress_after = "0";
  return made;
}

HistoryRow changed(std::int64_t sequence, const std::string& member) {
  return row(sequence, "USER_LIMIT_CHANGED", "change_limit", '{' + member + R"(,"userLimitId":"limit-1"})");
}

OwnedStamp stamp(std::int64_t sequence) {
  return {.sequence = sequence, .event_id = "evt-" + std::to_string(sequence)};
}

/// With these events, by the stamps that they leave.
KeptLimit kept(std::vector<HistoryRow> history) {
  HistoryReader reader;
  KeptLimit limit;
  limit.state.aggregate_id = "user-1";
  limit.state.user_limit_id = "limit-1";
  limit.history = std::move(history);
  KeptLimit folded = fold(limit, reader).value().limit;
  folded.history = std::move(limit.history);
  return folded;
}

std::expected<Standing, Obscured> at(const KeptLimit& limit, std::optional<std::int64_t> ms = {}) {
  HistoryReader reader;
  return standing(limit, ms ? std::optional(limits::TimeMs{*ms}) : std::nullopt, reader);
}

TEST(Standing, IsThatOfTheEventsCreatedUntilThen) {
  const KeptLimit limit = kept({created(1), progressed(2, "0", "5.50", "5.50"), reset(3, "5.50")});
  EXPECT_EQ(at(limit, 1999).value().limit.state.progress, "0");
  EXPECT_EQ(at(limit, 2000).value().limit.state.progress, "5.50");
  EXPECT_EQ(at(limit, 2000).value().limit.state.next_reset_time, 9000);
  EXPECT_EQ(at(limit, 3000).value().limit.state.progress, "0");
  EXPECT_EQ(at(limit, 3000).value().limit.state.next_reset_time, std::nullopt);
  EXPECT_EQ(at(limit).value().limit.state.value, "500");
}

TEST(Standing, NamesTheEventBehindEachFieldNewestFirst) {
  const auto now = at(kept(
      {created(1), changed(2, R"("value":"250")"), progressed(3, "0", "1", "1"), changed(4, R"("activeUntil":null)")}));
  ASSERT_TRUE(now);
  ASSERT_EQ(now->causes.size(), 4U);
  EXPECT_THAT(now->causes[0].sets, ElementsAre("activeUntil"));
  EXPECT_THAT(now->causes[1].sets, ElementsAre("progress", "nextResetTime"));
  EXPECT_THAT(now->causes[2].sets, ElementsAre("value"));
  EXPECT_THAT(now->causes[3].sets, ElementsAre("status", "previousLimitValue", "type", "period", "currencyCode",
                                               "userId", "brandId", "activeFrom", "createdAt"));
  EXPECT_EQ(now->causes[2].event.event_id, "evt-2");
}

TEST(Standing, HasTheSumOfTheEventThatSetProgress) {
  const KeptLimit limit = kept({created(1), progressed(2, "1", "5.50", "6.50"), reset(3, "6.50")});
  const Cause by_creation = at(limit, 1000).value().causes.front();
  EXPECT_FALSE(by_creation.progress_before || by_creation.amount);
  const Cause by_change = at(limit, 2000).value().causes.front();
  EXPECT_EQ(by_change.progress_before, "1");
  EXPECT_EQ(by_change.amount, "5.50");
  EXPECT_THAT(by_change.discrepancies, ElementsAre("previousProgress is 1, but progress was 0"));
  const Cause by_reset = at(limit, 3000).value().causes.front();
  EXPECT_EQ(by_reset.progress_before, "6.50");
  EXPECT_FALSE(by_reset.amount);
  EXPECT_THAT(by_reset.discrepancies, IsEmpty());
}

TEST(Standing, ComparesWithTheValueThatWasInForce) {
  HistoryRow event = progressed(3, "0", "5", "5");
  event.fields.insert(event.fields.size() - 1, R"(,"remainingAmount":"495")");
  EXPECT_THAT(at(kept({created(1), event})).value().causes.front().discrepancies, IsEmpty());
  EXPECT_THAT(at(kept({created(1), changed(2, R"("value":"250")"), event})).value().causes.front().discrepancies,
              ElementsAre("previousProgress + amount + remainingAmount is 500, but value was 250"));
}

TEST(Standing, DoesNotCompareWithWhatMayHaveBeenPruned) {
  KeptLimit limit = kept({created(1), progressed(9, "7", "1", "8")});
  limit.floor = stamp(9);
  EXPECT_THAT(at(limit).value().causes.front().discrepancies, IsEmpty());
}

TEST(Standing, IsWithoutDefinitionBeforeThereWasOne) {
  const KeptLimit limit = kept({reset(1, "0"), changed(2, R"("status":"CANCELED")"), created(3)});
  EXPECT_THAT(at(limit, 999).value().causes, IsEmpty());
  EXPECT_FALSE(at(limit, 2000).value().limit.definition);
  EXPECT_THAT(at(limit, 2000).value().causes.front().sets, ElementsAre("status"));
  EXPECT_EQ(at(limit, 3000).value().limit.state.status, limits::Status::kActive);
}

TEST(Standing, IsNotKnownWithoutTheWholeHistory) {
  KeptLimit limit = kept({created(1), progressed(2, "0", "5", "5")});
  limit.history.pop_back();
  EXPECT_EQ(at(limit, 1000).error().why, Obscurity::kNoHistory);
  EXPECT_THAT(at(limit).error().what, HasSubstr("not keep the history all the time"));
  limit.history.clear();
  EXPECT_EQ(at(limit).error().why, Obscurity::kNoHistory);
  EXPECT_THAT(at(limit, 1000).error().what, HasSubstr("keeps no history"));
}

TEST(Standing, IsNotKnownWherePrunedEventsMayHaveCounted) {
  KeptLimit limit = kept({created(1), progressed(5, "4", "1", "5"), progressed(8, "5", "1", "6")});
  limit.floor = stamp(5);
  EXPECT_EQ(at(limit, 4999).error().why, Obscurity::kPruned);
  EXPECT_THAT(at(limit, 4999).error().what, HasSubstr("up to sequence number 5 (evt-5)"));
  EXPECT_EQ(at(limit, 5000).value().limit.state.progress, "5") << "nothing is missing between that event and the next";
  EXPECT_EQ(at(limit).value().limit.state.progress, "6");
}

TEST(Standing, IsNotKnownBeforeTheFirstEventThatIsLeftOfAGroup) {
  KeptLimit limit = kept({progressed(5, "4", "1", "5"), created(8)});
  limit.floor = stamp(5);
  EXPECT_EQ(at(limit, 7999).error().why, Obscurity::kPruned) << "an older definition may have come late";
  EXPECT_EQ(at(limit, 8000).value().limit.state.progress, "0");
}

TEST(Standing, IsKnownOfAGroupThatNothingChangedSince) {
  KeptLimit limit = kept({created(1), progressed(5, "4", "1", "5")});
  limit.floor = stamp(5);
  EXPECT_EQ(at(limit, 5000).value().limit.state.value, "500") << "a definition that was pruned had a lower stamp";
}

TEST(Standing, NamesTheEventThatCannotBeRead) {
  KeptLimit limit = kept({created(1), progressed(2, "0", "5", "5")});
  limit.history[1].handler = "of_another_version";
  EXPECT_EQ(at(limit).error().why, Obscurity::kUnreadable);
  EXPECT_EQ(at(limit).error().what, "event evt-2 (sequence number 2): there is no handler of_another_version");
  limit.history[1] = progressed(2, "0", "much", "5");
  EXPECT_THAT(at(limit).error().what, HasSubstr("event evt-2 (sequence number 2): payload.amount"));
}

TEST(Obscurity, HasNames) {
  EXPECT_EQ(to_string(Obscurity::kNoHistory), "no-history");
  EXPECT_EQ(to_string(Obscurity::kPruned), "pruned");
  EXPECT_EQ(to_string(Obscurity::kUnreadable), "unreadable");
}

}  // namespace
}  // namespace store
