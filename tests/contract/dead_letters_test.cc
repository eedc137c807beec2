#include "tests/contract/store_contract.h"

// What cannot be applied is kept.
namespace tests {
namespace {

using limits::Reason;
using store::LetterState;
using store::Verdict;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

Batch dead(std::vector<store::DeadLetter> letters) {
  Batch batch;
  batch.dead_letters = std::move(letters);
  return batch;
}

TEST_P(StoreContract, ADeadLetterIsKeptWithAllThatIsKnownOfIt) {
  Batch batch = dead({dead_letter("{\"no", Reason::kIllTyped)});
  batch.shard.key = {.stream = "stream-x", .shard = "shard-x"};
  batch.shard.rules_version = "rules-x";
  EXPECT_EQ(apply(batch).verdicts, tally({{Verdict::kDead, 1}}));

  const std::vector<store::DeadLetterRow> rows = dead_letters_in(*reader_);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_GT(rows[0].id, 0);
  EXPECT_EQ(rows[0].state, LetterState::kOpen);
  EXPECT_EQ(rows[0].attempts, 0);
  EXPECT_EQ(rows[0].handled_at, std::nullopt);
  EXPECT_EQ(rows[0].retry_what, std::nullopt);
  EXPECT_EQ(rows[0].reason, Reason::kIllTyped);
  EXPECT_EQ(rows[0].what, "payload.amount: expected decimal text, found the number 12");
  EXPECT_EQ(rows[0].raw, "{\"no");
  EXPECT_EQ(rows[0].stream, "stream-x");
  EXPECT_EQ(rows[0].shard, "shard-x");
  EXPECT_EQ(rows[0].kinesis_sequence, "49650000000000000000000000000000000000000000000000000007");
  EXPECT_EQ(rows[0].sub_sequence, 2);
  EXPECT_EQ(rows[0].arrival_ms, kStart + 7000);
  EXPECT_EQ(rows[0].seen, 1);
  EXPECT_EQ(rows[0].rules_version, "rules-x");
}

TEST_P(StoreContract, ADeadLetterThatComesAgainOnlyRaisesItsCount) {
  apply(dead({dead_letter("{")}));
  const std::vector<std::string> lines = digest_lines_in(*reader_);

  store::DeadLetter copy = dead_letter("{");
  copy.fault.what = "another wording";
  copy.origin = {.sequence = "5000", .sub_sequence = 9, .arrival = {1}};
  Batch batch = dead({copy});
  batch.shard.key.shard = "another shard";
  batch.shard.rules_version = "other rules";
  EXPECT_EQ(apply(batch).verdicts, tally({{Verdict::kDead, 1}}));

  const std::vector<store::DeadLetterRow> rows = dead_letters_in(*reader_);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].seen, 2);
  EXPECT_EQ(rows[0].what, dead_letter("{").fault.what);
  EXPECT_EQ(rows[0].kinesis_sequence, dead_letter("{").origin.sequence);
  EXPECT_EQ(rows[0].arrival_ms, kStart + 7000);
  EXPECT_EQ(rows[0].shard, Batch().shard.key.shard);
  EXPECT_EQ(rows[0].rules_version, "rules-1");
  EXPECT_EQ(digest_lines_in(*reader_), lines) << "the count is outside equality";
}

TEST_P(StoreContract, ADeadLetterMayComeTwiceInOneBatch) {
  EXPECT_EQ(apply(dead({dead_letter("{"), dead_letter("{"), dead_letter("[")})).verdicts, tally({{Verdict::kDead, 3}}));
  const std::vector<store::DeadLetterRow> rows = dead_letters_in(*reader_);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].seen, 2);
  EXPECT_EQ(rows[1].seen, 1);
}

TEST_P(StoreContract, TheSameBytesForAnotherReasonAreAnotherDeadLetter) {
  apply(dead({dead_letter("{", Reason::kBadJson)}));
  apply(dead({dead_letter("{", Reason::kUnrouted)}));
  const std::vector<store::DeadLetterRow> rows = dead_letters_in(*reader_);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].reason, Reason::kBadJson);
  EXPECT_EQ(rows[1].reason, Reason::kUnrouted);
  EXPECT_THAT(rows, Each(Field(&store::DeadLetterRow::seen, 1)));
}

TEST_P(StoreContract, EveryReasonComesBack) {
  const std::vector<Reason> reasons = {Reason::kBadBase64, Reason::kBadJson,      Reason::kMissingField,
                                       Reason::kIllTyped,  Reason::kUnknownValue, Reason::kOutOfRange,
                                       Reason::kUnrouted};
  for (const Reason reason : reasons) apply(dead({dead_letter("{", reason)}));
  std::vector<Reason> found;
  for (const store::DeadLetterRow& row : dead_letters_in(*reader_)) found.push_back(row.reason);
  EXPECT_EQ(found, reasons);
}

TEST_P(StoreContract, DeadLettersAreAnyBytes) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  const std::vector<std::string> raws = {"", std::string(1, '\0'), std::string(2, '\0'), all_bytes,
                                         std::string(1'000'000, '\xff')};
  for (const std::string& raw : raws) apply(dead({dead_letter(raw)}));
  std::vector<std::string> found;
  for (const store::DeadLetterRow& row : dead_letters_in(*reader_)) found.push_back(row.raw);
  EXPECT_EQ(found, raws);
}

TEST_P(StoreContract, DeadLettersAreListedByIdAndFoundByIt) {
  apply(dead({dead_letter("c"), dead_letter("a")}));
  apply(dead({dead_letter("b"), dead_letter("a")}));
  std::vector<std::string> raws;
  std::int64_t last = 0;
  for (const store::DeadLetterRow& row : dead_letters_in(*reader_)) {
    EXPECT_GT(row.id, last);
    last = row.id;
    raws.push_back(row.raw);
    const store::DeadLetterRow alone = reader_->dead_letter(row.id).value().value();
    EXPECT_EQ(alone.id, row.id);
    EXPECT_EQ(alone.raw, row.raw);
    EXPECT_EQ(alone.seen, row.seen);
  }
  EXPECT_THAT(raws, ElementsAre("c", "a", "b"));
  EXPECT_EQ(reader_->dead_letter(last + 1).value().has_value(), false);
  EXPECT_EQ(reader_->dead_letter(-1).value().has_value(), false);
}

TEST_P(StoreContract, ADeadLetterLeavesItsNeighboursAlone) {
  Batch batch = dead({dead_letter("{")});
  batch.changes = {created(2)};
  batch.ignored = 3;
  EXPECT_EQ(apply(batch).verdicts, tally({{Verdict::kApplied, 1}, {Verdict::kDead, 1}, {Verdict::kIgnored, 3}}));
  EXPECT_EQ(limit().value, "500");
  EXPECT_THAT(history(), SizeIs(1));
}

}  // namespace
}  // namespace tests
