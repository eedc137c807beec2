#include "tests/contract/store_contract.h"

// What changes of a definition: each term is a register of its own.
namespace tests {
namespace {

using store::Verdict;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

limits::Terms value(std::string_view text) {
  return {.value = decimal(text)};
}

limits::Terms status(limits::Status status) {
  return {.status = status};
}

constexpr auto kNoEnd = std::optional<limits::TimeMs>();

TEST_P(StoreContract, AChangeSetsTheTermsThatItNamesAndNoOthers) {
  limits::Change defined = created(2);
  defined.definition->previous_limit_value = decimal("100");
  defined.definition->active_until = limits::TimeMs{99};
  apply({defined});
  EXPECT_EQ(verdict_of(changed(4, {.status = limits::Status::kCanceled, .value = decimal("750.00")})),
            Verdict::kApplied);
  EXPECT_EQ(limit().value, "750.00");
  EXPECT_EQ(limit().status, limits::Status::kCanceled);
  EXPECT_EQ(limit().previous_limit_value, "100");
  EXPECT_EQ(limit().active_until, 99);
  EXPECT_EQ(limit().progress, "0");
  EXPECT_EQ(limit().next_reset_time, created(2).progress->next_reset_time->value);
}

TEST_P(StoreContract, AChangeTakesAwayWhatItSaysIsNotThere) {
  limits::Change defined = created(2);
  defined.definition->previous_limit_value = decimal("100");
  defined.definition->active_until = limits::TimeMs{99};
  apply({defined, changed(3, {.active_until = kNoEnd, .previous_limit_value = std::optional<limits::Decimal>()})});
  EXPECT_EQ(limit().previous_limit_value, std::nullopt);
  EXPECT_EQ(limit().active_until, std::nullopt);
  EXPECT_EQ(verdict_of(changed(4, {.active_until = limits::TimeMs{7}, .previous_limit_value = decimal("5")})),
            Verdict::kApplied);
  EXPECT_EQ(limit().previous_limit_value, "5");
  EXPECT_EQ(limit().active_until, 7);
}

TEST_P(StoreContract, EachTermHasAStampOfItsOwn) {
  apply({created(2), changed(8, value("800"))});
  EXPECT_EQ(verdict_of(changed(5, status(limits::Status::kFuture))), Verdict::kApplied) << "late, but of another term";
  EXPECT_EQ(verdict_of(changed(6, value("600"))), Verdict::kStale);
  EXPECT_EQ(verdict_of(changed(7, {.active_until = limits::TimeMs{7}, .value = decimal("700")})), Verdict::kApplied)
      << "late for one of its terms, not for the other";
  EXPECT_EQ(limit().value, "800");
  EXPECT_EQ(limit().status, limits::Status::kFuture);
  EXPECT_EQ(limit().active_until, 7);
  for (const limits::Change& again :
       {changed(5, status(limits::Status::kFuture)), changed(6, value("600")), changed(8, value("800"))}) {
    EXPECT_EQ(verdict_of(again), Verdict::kDuplicate) << again.stamp.event_id;
  }
}

TEST_P(StoreContract, ADefinitionSetsTheTermsThatDidNotChangeAfterIt) {
  apply({created(2), changed(4, status(limits::Status::kCanceled)), changed(8, value("800"))});
  limits::Change redefined = created(6);
  redefined.definition->value = decimal("600");
  EXPECT_EQ(verdict_of(redefined), Verdict::kApplied);
  EXPECT_EQ(limit().status, limits::Status::kActive);
  EXPECT_EQ(limit().value, "800");
  EXPECT_EQ(verdict_of(changed(5, status(limits::Status::kFuture))), Verdict::kStale);
  const store::KeptLimit kept = kept_limits_in(*reader_).at(0);
  EXPECT_EQ(kept.terms[static_cast<std::size_t>(limits::Term::kStatus)], std::nullopt) << "it is the definition's";
  EXPECT_EQ(kept.terms[static_cast<std::size_t>(limits::Term::kValue)],
            (store::OwnedStamp{.sequence = 8, .event_id = "evt-8"}));
}

TEST_P(StoreContract, ALimitOfWhichOnlyTermsAreKnownIsParked) {
  EXPECT_EQ(verdict_of(changed(8, value("800"))), Verdict::kParked);
  ASSERT_THAT(parked_in(*reader_), SizeIs(1));
  EXPECT_EQ(parked_in(*reader_)[0].progress, std::nullopt);
  EXPECT_EQ(parked_in(*reader_)[0].newest_event_id, "evt-8");
  EXPECT_EQ(verdict_of(progressed(5, "1", "2")), Verdict::kParked);
  EXPECT_EQ(parked_in(*reader_)[0].progress, "3");
  EXPECT_EQ(parked_in(*reader_)[0].newest_event_id, "evt-8") << "the highest, not the last to arrive";
  EXPECT_THAT(limits_in(*reader_), IsEmpty());

  EXPECT_EQ(verdict_of(created(2)), Verdict::kApplied);
  EXPECT_EQ(limit().value, "800");
  EXPECT_EQ(limit().progress, "3");
  EXPECT_THAT(parked_in(*reader_), IsEmpty());
  EXPECT_THAT(event_ids(), ElementsAre("evt-2", "evt-5", "evt-8"));
}

TEST_P(StoreContract, AChangeIsInTheHistoryWithoutProgress) {
  apply({created(2), changed(4, value("800")), progressed(6, "0", "1")});
  const std::vector<store::HistoryRow> rows = history();
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[1].handler, "change_limit");
  EXPECT_EQ(rows[1].progress_after, std::nullopt);
  EXPECT_EQ(rows[1].fields, R"({"value":"800"})");
}

TEST_P(StoreContract, AnotherEventUnderTheNumberOfAChangeIsAConflict) {
  apply({created(2), changed(4, value("800"))});
  EXPECT_EQ(apply({under_id(changed(4, value("900")), "evt-5")}).sequence_conflicts, 1);
  EXPECT_EQ(limit().value, "900") << "the higher id wins";
  EXPECT_EQ(apply({under_id(changed(4, value("700")), "evt-3")}).sequence_conflicts, 1);
  EXPECT_EQ(apply({under_id(progressed(4, "0", "1"), "evt-6")}).sequence_conflicts, 1);
  EXPECT_EQ(limit().value, "900");
}

}  // namespace
}  // namespace tests
