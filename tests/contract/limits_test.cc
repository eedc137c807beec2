#include <limits>

#include "tests/contract/store_contract.h"

// What events do to the state of limits: a register per group, the highest stamp wins.
namespace tests {
namespace {

using limits::LimitKey;
using store::Verdict;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr LimitKey kForeign{.aggregate_id = "user-2", .user_limit_id = "limit-1"};

TEST_P(StoreContract, ACreatedLimitHasAllThatItsEventSaid) {
  limits::Change change = created(2);
  change.definition = limits::Definition{.user_id = "user-x",
                                         .brand_id = "brand-x",
                                         .currency_code = "SEK",
                                         .type = limits::LimitType::kSession,
                                         .period = limits::Period::kCalendarMonth,
                                         .status = limits::Status::kInCooldown,
                                         .value = decimal("10000.00"),
                                         .previous_limit_value = decimal("2500.5"),
                                         .active_from = {11},
                                         .active_until = limits::TimeMs{12},
                                         .created_at = limits::TimeMs{13}};
  change.progress = limits::Progress{.progress = decimal("7.50"), .next_reset_time = limits::TimeMs{14}};
  EXPECT_EQ(verdict_of(change), Verdict::kApplied);

  const limits::UserLimit found = limit();
  EXPECT_EQ(found.aggregate_id, "user-1");
  EXPECT_EQ(found.user_limit_id, "limit-1");
  EXPECT_EQ(found.user_id, "user-x");
  EXPECT_EQ(found.brand_id, "brand-x");
  EXPECT_EQ(found.currency_code, "SEK");
  EXPECT_EQ(found.type, limits::LimitType::kSession);
  EXPECT_EQ(found.period, limits::Period::kCalendarMonth);
  EXPECT_EQ(found.status, limits::Status::kInCooldown);
  EXPECT_EQ(found.value, "10000.00");
  EXPECT_EQ(found.previous_limit_value, "2500.5");
  EXPECT_EQ(found.active_from, 11);
  EXPECT_EQ(found.active_until, 12);
  EXPECT_EQ(found.created_at, 13);
  EXPECT_EQ(found.progress, "7.50");
  EXPECT_EQ(found.next_reset_time, 14);
}

TEST_P(StoreContract, EveryWordOfTheEnumerationsComesBack) {
  for (int type = 0; type < 5; ++type) {
    for (int period = 0; period < 8; ++period) {
      for (int status = 0; status < 4; ++status) {
        limits::Change change = created(1, {.aggregate_id = "user-1",
                                            .user_limit_id = keep(std::to_string(type) + "/" + std::to_string(period) +
                                                                  "/" + std::to_string(status))});
        change.definition->type = static_cast<limits::LimitType>(type);
        change.definition->period = static_cast<limits::Period>(period);
        change.definition->status = static_cast<limits::Status>(status);
        apply({change});
        const limits::UserLimit found = limit(change.key.user_limit_id);
        EXPECT_EQ(found.type, change.definition->type);
        EXPECT_EQ(found.period, change.definition->period);
        EXPECT_EQ(found.status, change.definition->status);
      }
    }
  }
}

TEST_P(StoreContract, EventsInOrderAreAppliedOneAfterTheOther) {
  EXPECT_EQ(verdict_of(created(2)), Verdict::kApplied);
  EXPECT_EQ(limit().progress, "0");
  EXPECT_EQ(verdict_of(progressed(4, "0", "120.50")), Verdict::kApplied);
  EXPECT_EQ(limit().progress, "120.50");
  EXPECT_EQ(verdict_of(progressed(9, "120.50", "79.5")), Verdict::kApplied);
  EXPECT_EQ(limit().progress, "200.00");
  EXPECT_EQ(verdict_of(reset(12)), Verdict::kApplied);
  EXPECT_EQ(limit().progress, "0");
}

TEST_P(StoreContract, ManyEventsOfOneLimitMayComeInOneBatch) {
  const store::Report report =
      apply({progressed(9, "5", "1"), created(2), progressed(4, "0", "5"), created(2), progressed(9, "5", "1")});
  EXPECT_EQ(report.verdicts,
            tally({{Verdict::kParked, 1}, {Verdict::kApplied, 1}, {Verdict::kStale, 1}, {Verdict::kDuplicate, 2}}));
  EXPECT_EQ(limit().progress, "6");
}

TEST_P(StoreContract, ApplyingTheSameChangesTwiceChangesNothing) {
  const Batch batch{created(2), progressed(4, "0", "5"), reset(7), reset(3, kOther)};
  apply(batch);
  const std::vector<std::string> before = digest_lines_in(*reader_);
  EXPECT_EQ(apply(batch).verdicts, tally({{Verdict::kDuplicate, 4}}));
  EXPECT_EQ(digest_lines_in(*reader_), before);
}

TEST_P(StoreContract, AnEventThatComesBackAfterLaterOnesIsADuplicateAndNotStale) {
  apply({created(2), progressed(4, "0", "5"), progressed(6, "5", "5")});
  EXPECT_EQ(verdict_of(progressed(4, "0", "5")), Verdict::kDuplicate);
  EXPECT_EQ(verdict_of(created(2)), Verdict::kDuplicate);
}

TEST_P(StoreContract, ALateEventDoesNotTakeProgressBack) {
  apply({created(2), progressed(6, "5", "5")});
  EXPECT_EQ(verdict_of(progressed(4, "0", "5")), Verdict::kStale);
  EXPECT_EQ(limit().progress, "10");
  EXPECT_EQ(limit().next_reset_time, progressed(6, "5", "5").progress->next_reset_time->value);
  EXPECT_EQ(verdict_of(progressed(4, "0", "5")), Verdict::kDuplicate);
}

TEST_P(StoreContract, ALimitWithoutDefinitionIsParkedAndNotShown) {
  EXPECT_EQ(verdict_of(progressed(13, "2", "3")), Verdict::kParked);
  EXPECT_THAT(reader_->get("limit-1").value(), IsEmpty());
  EXPECT_THAT(limits_in(*reader_), IsEmpty());

  const std::vector<store::ParkedLimit> parked = parked_in(*reader_);
  ASSERT_THAT(parked, SizeIs(1));
  EXPECT_EQ(parked[0].aggregate_id, "user-1");
  EXPECT_EQ(parked[0].user_limit_id, "limit-1");
  EXPECT_EQ(parked[0].progress, "5");
  EXPECT_EQ(parked[0].next_reset_time, kStart + 86'400'013);
  EXPECT_EQ(parked[0].newest_sequence, 13);
  EXPECT_EQ(parked[0].newest_event_id, "evt-13");
  EXPECT_EQ(parked[0].events, 1);
  EXPECT_EQ(parked[0].since_ms, kStart + 13'000);
}

TEST_P(StoreContract, AParkedLimitTakesEventsAtOnce) {
  apply({progressed(13, "2", "3")});
  EXPECT_EQ(verdict_of(reset(20)), Verdict::kParked);
  EXPECT_EQ(verdict_of(progressed(4, "0", "2")), Verdict::kStale);

  const std::vector<store::ParkedLimit> parked = parked_in(*reader_);
  ASSERT_THAT(parked, SizeIs(1));
  EXPECT_EQ(parked[0].progress, "0");
  EXPECT_EQ(parked[0].newest_event_id, "evt-20");
  EXPECT_EQ(parked[0].events, 3);
  EXPECT_EQ(parked[0].since_ms, kStart + 13'000) << "the one that was stored first, not the lowest";
}

TEST_P(StoreContract, ALateDefinitionMakesAParkedLimitVisibleAndKeepsItsProgress) {
  apply({progressed(13, "2", "3")});
  EXPECT_EQ(verdict_of(created(2)), Verdict::kApplied);
  EXPECT_THAT(parked_in(*reader_), IsEmpty());
  EXPECT_EQ(limit().value, "500");
  EXPECT_EQ(limit().progress, "5");
  EXPECT_EQ(limit().next_reset_time, kStart + 86'400'013);
}

TEST_P(StoreContract, TheHighestDefinitionWinsWhole) {
  limits::Change newer = created(8);
  newer.definition->value = decimal("900");
  newer.definition->status = limits::Status::kCanceled;
  limits::Change older = created(2);
  older.definition->previous_limit_value = decimal("100");
  older.definition->active_until = limits::TimeMs{99};
  older.definition->created_at = limits::TimeMs{98};

  apply({older});
  EXPECT_EQ(limit().active_until, 99);
  EXPECT_EQ(verdict_of(newer), Verdict::kApplied);
  EXPECT_EQ(limit().value, "900");
  EXPECT_EQ(limit().status, limits::Status::kCanceled);
  EXPECT_EQ(limit().previous_limit_value, std::nullopt) << "an absent optional is written, not kept";
  EXPECT_EQ(limit().active_until, std::nullopt);
  EXPECT_EQ(limit().created_at, std::nullopt);
}

TEST_P(StoreContract, ALateOlderDefinitionChangesNothing) {
  limits::Change older = created(2);
  older.definition->value = decimal("100");
  older.definition->active_until = limits::TimeMs{99};
  apply({created(8)});
  EXPECT_EQ(verdict_of(older), Verdict::kStale);
  EXPECT_EQ(limit().value, "500");
  EXPECT_EQ(limit().active_until, std::nullopt);
}

TEST_P(StoreContract, ADefinitionBetweenTwoProgressEventsSetsOnlyItself) {
  limits::Change redefined = created(6);
  redefined.definition->value = decimal("900");
  apply({created(2), progressed(8, "5", "5")});
  EXPECT_EQ(verdict_of(redefined), Verdict::kApplied);
  EXPECT_EQ(limit().value, "900");
  EXPECT_EQ(limit().progress, "10");
}

TEST_P(StoreContract, AnAbsentResetTimeIsWrittenAndNotKept) {
  apply({created(2)});
  ASSERT_NE(limit().next_reset_time, std::nullopt);
  limits::Change last_reset = reset(5);
  last_reset.progress->next_reset_time = std::nullopt;
  apply({last_reset});
  EXPECT_EQ(limit().next_reset_time, std::nullopt);

  EXPECT_EQ(verdict_of(progressed(4, "0", "1")), Verdict::kStale);
  EXPECT_EQ(limit().next_reset_time, std::nullopt);
}

TEST_P(StoreContract, TwoEventsUnderOneNumberAreDecidedByTheirIds) {
  const limits::Change lower = under_id(progressed(4, "0", "1"), "evt-A");
  const limits::Change higher = under_id(progressed(4, "0", "2"), "evt-a");
  const limits::Change lower_elsewhere = under_id(progressed(4, "0", "1", kOther), "evt-A");
  const limits::Change higher_elsewhere = under_id(progressed(4, "0", "2", kOther), "evt-a");
  apply({created(2), created(3, kOther)});

  EXPECT_EQ(apply({lower}).sequence_conflicts, 0);
  const store::Report second = apply({higher});
  EXPECT_EQ(second.verdicts, tally({{Verdict::kApplied, 1}}));
  EXPECT_EQ(second.sequence_conflicts, 1);
  EXPECT_EQ(limit().progress, "2");

  EXPECT_EQ(apply({higher_elsewhere}).sequence_conflicts, 0);
  const store::Report second_elsewhere = apply({lower_elsewhere});
  EXPECT_EQ(second_elsewhere.verdicts, tally({{Verdict::kStale, 1}}));
  EXPECT_EQ(second_elsewhere.sequence_conflicts, 1);
  EXPECT_EQ(limit("limit-2").progress, "2");

  EXPECT_EQ(apply({lower, higher, lower_elsewhere, higher_elsewhere}).sequence_conflicts, 0) << "a repeat is no news";
}

TEST_P(StoreContract, AConflictIsSeenUnderAnOldNumberToo) {
  apply({created(2), progressed(4, "0", "1"), progressed(6, "1", "1")});
  EXPECT_EQ(apply({under_id(progressed(4, "0", "1"), "evt-0")}).sequence_conflicts, 1);
  EXPECT_EQ(apply({under_id(progressed(4, "0", "1"), "evt-9")}).sequence_conflicts, 1);
  EXPECT_EQ(apply({under_id(progressed(5, "0", "1"), "evt-9")}).sequence_conflicts, 0);
}

TEST_P(StoreContract, OneLimitIdUnderTwoAggregatesIsTwoLimits) {
  EXPECT_EQ(apply({created(7)}).foreign_aggregates, 0);
  const store::Report report = apply({created(2, kForeign), progressed(3, "0", "9", kForeign)});
  EXPECT_EQ(report.foreign_aggregates, 1);
  EXPECT_EQ(report.verdicts, tally({{Verdict::kApplied, 2}})) << "numbers of two aggregates are never compared";
  EXPECT_EQ(apply({reset(4, kForeign), reset(8)}).foreign_aggregates, 0) << "it was found before";

  const std::vector<limits::UserLimit> found = reader_->get("limit-1").value();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].aggregate_id, "user-1");
  EXPECT_EQ(found[1].aggregate_id, "user-2");
}

TEST_P(StoreContract, AForeignAggregateIsFoundOnAParkedLimitToo) {
  EXPECT_EQ(apply({reset(7), reset(2, kForeign)}).foreign_aggregates, 1);
  EXPECT_THAT(parked_in(*reader_), SizeIs(2));
}

TEST_P(StoreContract, CountsEventsThatClaimAnotherPreviousProgress) {
  apply({created(2), progressed(4, "0", "120.50")});
  const store::Report report = apply({progressed(6, "120.49", "1")});
  EXPECT_EQ(report.discrepancies_seen, 1);
  EXPECT_EQ(report.verdicts, tally({{Verdict::kApplied, 1}})) << "it is applied all the same";
  EXPECT_EQ(limit().progress, "121.49");
  EXPECT_EQ(apply({progressed(6, "120.49", "1")}).discrepancies_seen, 0) << "a duplicate claims nothing new";
}

TEST_P(StoreContract, AClaimIsComparedAsANumberAndWithTheEventBeforeItInTheBatch) {
  EXPECT_EQ(apply({created(2), progressed(4, "0.00", "1"), progressed(6, "1.000", "1"), progressed(8, "2", "1")})
                .discrepancies_seen,
            0);
  EXPECT_EQ(apply({progressed(10, "3", "1"), progressed(12, "3", "1")}).discrepancies_seen, 1);
}

TEST_P(StoreContract, AClaimOfAnEventThatSetsNothingOrComesFirstIsNotCompared) {
  EXPECT_EQ(apply({progressed(6, "77", "1")}).discrepancies_seen, 0) << "nothing is known of what was before";
  EXPECT_EQ(apply({progressed(4, "99", "1")}).discrepancies_seen, 0) << "a stale event is not about what is now";
}

TEST_P(StoreContract, ExtremeNumbersComeBackUnchanged) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const std::string digits(38, '9');
  limits::Change change = created(1);
  change.stamp.sequence.value = kMax;
  change.definition->value = decimal(digits);
  change.definition->previous_limit_value = decimal("-0." + std::string(36, '0') + "1");
  change.definition->active_from = {kMin};
  change.definition->active_until = limits::TimeMs{kMax};
  change.progress = limits::Progress{.progress = decimal("-" + digits), .next_reset_time = limits::TimeMs{0}};
  apply({change});
  EXPECT_EQ(limit().value, digits);
  EXPECT_EQ(limit().previous_limit_value, "-0." + std::string(36, '0') + "1");
  EXPECT_EQ(limit().active_from, kMin);
  EXPECT_EQ(limit().active_until, kMax);
  EXPECT_EQ(limit().progress, "-" + digits);
  EXPECT_EQ(limit().next_reset_time, 0);
  EXPECT_EQ(history().at(0).sequence, kMax);

  limits::Change lowest = reset(1);
  lowest.stamp.sequence.value = kMin;
  EXPECT_EQ(verdict_of(lowest), Verdict::kStale);
}

TEST_P(StoreContract, IdsAreAnyText) {
  using namespace std::string_literals;
  std::vector<limits::Change> changes;
  for (const std::string& id :
       {"a'; DROP TABLE user_limits; --"s, "nul\0inside"s, "nul"s, "größe €"s, " "s, "NUL"s, std::string(5000, 'x')}) {
    changes.push_back(under_id(created(1, {.aggregate_id = keep(id), .user_limit_id = keep(id)}), id));
  }
  apply(changes);
  EXPECT_THAT(limits_in(*reader_), SizeIs(changes.size()));
  for (const limits::Change& change : changes) {
    const limits::UserLimit found = limit(change.key.user_limit_id);
    EXPECT_EQ(found.aggregate_id, change.key.aggregate_id);
    EXPECT_EQ(found.user_id, change.key.aggregate_id);
    EXPECT_THAT(event_ids(change.key.user_limit_id), ElementsAre(change.stamp.event_id));
  }
}

TEST_P(StoreContract, TakesTenThousandChangesInOneBatch) {
  Batch batch;
  for (int i = 0; i < 2'500; ++i) {
    const LimitKey key{.aggregate_id = keep("user-" + std::to_string(i % 500)),
                       .user_limit_id = keep("limit-" + std::to_string(i))};
    batch.changes.push_back(created(4 * i, key));
    batch.changes.push_back(progressed(4 * i + 1, "0", "1.5", key));
    batch.changes.push_back(progressed(4 * i + 2, "1.5", "1.5", key));
    batch.changes.push_back(created(4 * i, key));
  }
  EXPECT_EQ(apply(batch).verdicts, tally({{Verdict::kApplied, 7'500}, {Verdict::kDuplicate, 2'500}}));
  const std::vector<limits::UserLimit> found = limits_in(*reader_);
  ASSERT_THAT(found, SizeIs(2'500));
  for (const limits::UserLimit& row : found) ASSERT_EQ(row.progress, "3.0");
}

}  // namespace
}  // namespace tests
