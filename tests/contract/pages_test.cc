#include <algorithm>
#include <ranges>

#include "tests/contract/store_contract.h"

// Walks in parts: what a server answers page by page.
namespace tests {
namespace {

using limits::LimitKey;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

LimitKey key(std::string user, std::string limit) {
  return {.aggregate_id = keep(std::move(user)), .user_limit_id = keep(std::move(limit))};
}

limits::Change made(const LimitKey& of, std::string_view brand, limits::LimitType type) {
  limits::Change change = created(1, of);
  change.definition->user_id = of.aggregate_id;
  change.definition->brand_id = brand;
  change.definition->type = type;
  return change;
}

std::vector<std::string> names(const std::vector<limits::UserLimit>& limits) {
  std::vector<std::string> result;
  for (const limits::UserLimit& row : limits) result.push_back(row.user_id + ' ' + row.user_limit_id);
  return result;
}

/// All pages of a walk, joined.
std::vector<limits::UserLimit> paged(store::Reader& reader, const store::LimitFilter& filter, std::size_t most) {
  std::vector<limits::UserLimit> all;
  std::optional<store::LimitPlace> after;
  do {
    store::LimitPage page = reader.limits_after(after, filter, most).value();
    EXPECT_LE(page.limits.size(), most);
    std::ranges::move(page.limits, std::back_inserter(all));
    after = page.next;
  } while (after);
  return all;
}

TEST_P(StoreContract, PagesOfLimitsAreTheWholeWalkHoweverLongTheyAre) {
  Batch batch;
  for (int i = 0; i < 60; ++i) {
    const LimitKey of = key("user-" + std::to_string(i % 7), "limit-" + std::to_string(i * 37 % 20));
    batch.changes.push_back(
        made(of, i % 2 == 0 ? "brand-a" : "brand-b", i % 3 == 0 ? limits::LimitType::kBet : limits::LimitType::kLoss));
  }
  apply(batch);
  for (const store::LimitFilter& filter :
       {store::LimitFilter{}, store::LimitFilter{.user_id = "user-3"}, store::LimitFilter{.brand_id = "brand-a"},
        store::LimitFilter{.user_id = "user-2", .type = limits::LimitType::kBet},
        store::LimitFilter{.brand_id = "brand-b", .type = limits::LimitType::kLoss},
        store::LimitFilter{.period = limits::Period::kWeek}, store::LimitFilter{.status = limits::Status::kFuture}}) {
    const std::vector<std::string> whole = names(limits_in(*reader_, filter));
    for (const std::size_t most : {1U, 3U, 60U, 1000U}) EXPECT_EQ(names(paged(*reader_, filter, most)), whole);
  }
  EXPECT_THAT(limits_in(*reader_, {.user_id = "user-3", .brand_id = "brand-b"}), Not(IsEmpty()));
}

TEST_P(StoreContract, AFilterThatNearlyNoneMeetsStillFindsThem) {
  Batch batch;
  for (std::size_t i = 0; i < store::kPageReach + 10; ++i) {
    batch.changes.push_back(made(key("user-1", std::to_string(100'000 + i)), "brand-a", limits::LimitType::kBet));
  }
  batch.changes.push_back(made(key("user-2", "limit-1"), "brand-b", limits::LimitType::kBet));
  apply(batch);
  EXPECT_THAT(names(paged(*reader_, {.brand_id = "brand-b"}, 10)), ElementsAre("user-2 limit-1"));
}

TEST_P(StoreContract, AHistoryIsReadBackInParts) {
  apply({created(1), progressed(5, "0", "1"), progressed(3, "0", "1"), progressed(9, "0", "1"), progressed(7, "0", "1"),
         created(2, key("user-2", "limit-1"))});
  std::vector<std::string> whole = event_ids();
  whole.pop_back();  // user-2's
  std::ranges::reverse(whole);
  for (const std::size_t most : {1U, 2U, 5U, 100U}) {
    std::vector<std::string> events;
    std::optional<std::int64_t> from;
    do {
      const store::HistoryPage page = reader_->history_back(kLimit, from, most).value();
      EXPECT_LE(page.rows.size(), most);
      for (const store::HistoryRow& row : page.rows) events.push_back(row.event_id);
      from = page.next;
    } while (from);
    EXPECT_EQ(events, whole);
  }
  EXPECT_THAT(whole, ElementsAre("evt-9", "evt-7", "evt-5", "evt-3", "evt-1"));
}

TEST_P(StoreContract, AHistoryBeginsAtNoChangeOfAnotherLimit) {
  apply({created(1), created(1, key("user-2", "limit-2"))});
  const std::int64_t other = history("limit-2")[0].change_id;
  EXPECT_THAT(reader_->history_back(kLimit, other, 10).value().rows, IsEmpty());
  EXPECT_THAT(reader_->history_back(kLimit, other + 100, 10).value().rows, IsEmpty());
  EXPECT_THAT(reader_->history_back(key("user-3", "limit-1"), {}, 10).value().rows, IsEmpty());
}

TEST_P(StoreContract, ChangesFollowEachOtherInTheOrderOfArrival) {
  EXPECT_THAT(reader_->changes_after(0, 10).value(), IsEmpty());
  apply({created(2), progressed(9, "0", "1")});
  apply({progressed(4, "0", "1"), created(2), reset(5, key("user-2", "parked"))});
  const auto events = [&](std::int64_t after, std::size_t most) {
    std::vector<std::string> ids;
    const auto rows = reader_->changes_after(after, most).value();
    for (const store::HistoryRow& row : rows) ids.push_back(row.event_id);
    return ids;
  };
  EXPECT_THAT(events(0, 10), ElementsAre("evt-2", "evt-9", "evt-4", "evt-5"));
  EXPECT_THAT(events(0, 2), ElementsAre("evt-2", "evt-9"));
  const std::vector<store::HistoryRow> all = reader_->changes_after(0, 10).value();
  EXPECT_THAT(events(all[1].change_id, 10), ElementsAre("evt-4", "evt-5"));
  EXPECT_THAT(events(all[3].change_id, 10), IsEmpty());
  EXPECT_EQ(all[3].user_limit_id, "parked");
  EXPECT_GE(reader_->last_change().value(), all[3].change_id);
}

TEST_P(StoreContract, ParkedLimitsAndDeadLettersAreReadInParts) {
  Batch batch{reset(1, key("b", "1")), reset(2, key("a", "2")), reset(3, key("a", "1")), created(4, key("a", "0"))};
  batch.dead_letters = {dead_letter("{"), dead_letter("["), dead_letter("<")};
  apply(batch);
  const auto parked = [&](const LimitKey& after, std::size_t most) {
    std::vector<std::string> ids;
    const auto rows = reader_->parked_after(after, most).value();
    for (const store::ParkedLimit& row : rows) ids.push_back(row.aggregate_id + row.user_limit_id);
    return ids;
  };
  EXPECT_THAT(parked({}, 2), ElementsAre("a1", "a2"));
  EXPECT_THAT(parked(key("a", "2"), 2), ElementsAre("b1"));
  EXPECT_THAT(parked(key("a", "1"), 9), ElementsAre("a2", "b1"));
  EXPECT_THAT(parked(key("b", "1"), 9), IsEmpty());
  const std::vector<store::DeadLetterRow> letters = reader_->dead_letters_after(0, 2).value();
  ASSERT_THAT(letters, SizeIs(2));
  EXPECT_EQ(letters[1].raw, "[");
  ASSERT_THAT(reader_->dead_letters_after(letters[1].id, 9).value(), SizeIs(1));
  EXPECT_EQ(reader_->dead_letters_after(letters[1].id, 9).value()[0].raw, "<");
}

}  // namespace
}  // namespace tests
