#include <atomic>
#include <set>
#include <thread>

#include "tests/contract/store_contract.h"

// What a batch is: refused whole if it makes no sense, seen whole or not at all, and many writers may send them.
namespace tests {
namespace {

using limits::LimitKey;
using store::Durability;
using store::Errc;
using store::Verdict;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

/// Expects a batch to be refused, with nothing of it applied.
class Refusal : public StoreContract {
 protected:
  std::string message(const Batch& batch, Durability durability = Durability::kCommitted) {
    const store::Result<store::Report> refused = store_->apply(batch.view(), durability);
    EXPECT_FALSE(refused.has_value());
    EXPECT_THAT(digest_lines_in(*reader_), IsEmpty());
    EXPECT_THAT(reader_->shards().value(), IsEmpty());
    if (refused) return "it was applied";
    EXPECT_EQ(refused.error().code, Errc::kFatal);
    return refused.error().what;
  }
};

TEST_P(Refusal, OfABatchThatNamesNoShard) {
  Batch batch{created(2)};
  batch.shard.key.shard = "";
  EXPECT_THAT(message(batch), HasSubstr("must name its stream and shard"));
  batch.shard.key = {.stream = "", .shard = "shard-1"};
  EXPECT_THAT(message(batch), HasSubstr("must name its stream and shard"));
}

TEST_P(Refusal, OfACheckpointThatWouldFollowWhatIsNotDurable) {
  Batch batch{created(2)};
  batch.shard.checkpoint_follows = true;
  EXPECT_THAT(message(batch), AllOf(HasSubstr("user-events"), HasSubstr("shardId-000000000000"), HasSubstr("durable")));
}

TEST_P(Refusal, OfAChangeThatNamesNoLimit) {
  EXPECT_THAT(message({created(2), created(3, {.aggregate_id = "", .user_limit_id = "limit-1"})}),
              AllOf(HasSubstr("change 1"), HasSubstr("names no limit")));
  EXPECT_THAT(message({created(2), created(3, {.aggregate_id = "user-1", .user_limit_id = ""})}),
              HasSubstr("names no limit"));
}

TEST_P(Refusal, OfAnEventWithoutId) {
  EXPECT_THAT(message({created(2), under_id(reset(3), "")}), HasSubstr("has no id"));
}

TEST_P(Refusal, OfAChangeThatWritesNothing) {
  limits::Change change = reset(3);
  change.progress = std::nullopt;
  EXPECT_THAT(message({created(2), change}), AllOf(HasSubstr("evt-3"), HasSubstr("writes no group")));
}

TEST_P(Refusal, OfADefinitionWithoutProgress) {
  limits::Change change = created(3);
  change.progress = std::nullopt;
  EXPECT_THAT(message({created(2), change}), HasSubstr("without a progress"));
}

INSTANTIATE_TEST_SUITE_P(Backends, Refusal, testing::ValuesIn(backend_kinds().begin(), backend_kinds().end()),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST_P(StoreContract, ABatchOfNothingIsApplied) {
  EXPECT_EQ(apply({}).verdicts.total(), 0);
  EXPECT_EQ(apply({}, Durability::kDurable).verdicts.total(), 0);
  EXPECT_THAT(digest_lines_in(*reader_), IsEmpty());
}

TEST_P(StoreContract, ADurableBatchDoesWhatACommittedOneDoes) {
  const Batch batch{created(2), progressed(4, "0", "1")};
  EXPECT_EQ(apply(batch, Durability::kDurable).verdicts, tally({{Verdict::kApplied, 2}}));
  EXPECT_EQ(limit().progress, "1");
}

/// Every limit's progress is `number` after it.
Batch wave(int number) {
  constexpr int kLimits = 50;
  Batch batch;
  for (int i = 0; i < kLimits; ++i) {
    const LimitKey key{.aggregate_id = "user-1", .user_limit_id = keep("limit-" + std::to_string(i))};
    limits::Change change = number == 0 ? created(0, key) : progressed(number, std::to_string(number - 1), "1", key);
    batch.changes.push_back(change);
  }
  return batch;
}

TEST_P(StoreContract, AReaderSeesOnlyWhatIsCommitted) {
  constexpr int kWaves = 200;
  apply(wave(0));
  std::atomic<bool> done = false;
  std::thread writing([&] {
    const std::unique_ptr<store::Store> writer = backend_->writer();
    for (int i = 1; i <= kWaves; ++i) tests::apply(*writer, wave(i));
    done = true;
  });

  int walks = 0;
  std::string last = "0";
  do {
    std::set<std::string> seen;
    for (const limits::UserLimit& row : limits_in(*reader_)) seen.insert(row.progress);
    if (GetParam().all_or_none) {
      EXPECT_EQ(seen.size(), 1u) << "walk " << walks << " saw half a batch";
    }
    EXPECT_LE(std::stoi(last), std::stoi(*seen.begin())) << "time went back";
    last = *seen.begin();
    ++walks;
  } while (!done);
  writing.join();
  EXPECT_EQ(limit("limit-7").progress, std::to_string(kWaves));
}

TEST_P(StoreContract, WritersThatTakeTurnsEndInTheStateOfOne) {
  const std::unique_ptr<store::Store> zombie = backend_->writer();
  const std::unique_ptr<Backend> expected = reference();
  const std::unique_ptr<store::Store> alone = expected->writer();
  for (int i = 0; i < 20; ++i) tests::apply(*alone, wave(i));

  // The zombie stays five batches behind and repeats all that the owner did.
  for (int i = 0; i < 25; ++i) {
    if (i < 20) apply(wave(i));
    if (i >= 5) tests::apply(*zombie, wave(i - 5));
  }
  EXPECT_EQ(digest_lines_in(*reader_), digest_lines_in(*expected->reader()));
}

TEST_P(StoreContract, WritersAtOnceEndInTheStateOfOne) {
  constexpr int kWaves = 40;
  const std::unique_ptr<Backend> expected = reference();
  const std::unique_ptr<store::Store> alone = expected->writer();
  for (int i = 0; i < kWaves; ++i) tests::apply(*alone, wave(i));

  std::atomic<std::int64_t> applied = 0;
  const auto run = [&](int writer_number) {
    const std::unique_ptr<store::Store> writer = backend_->writer();
    for (int i = 0; i < kWaves; ++i) {
      Batch batch = wave((i * 7 + writer_number * 11) % kWaves);  // 7 and 40 have no common factor: each wave once
      batch.shard.key.shard = keep("shard-" + std::to_string(writer_number));
      const store::Tally verdicts = tests::apply(*writer, batch).verdicts;
      applied += verdicts[Verdict::kApplied] + verdicts[Verdict::kParked] + verdicts[Verdict::kStale];
    }
  };
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) writers.emplace_back(run, i);
  for (std::thread& writer : writers) writer.join();

  EXPECT_EQ(digest_lines_in(*reader_), digest_lines_in(*expected->reader()));
  EXPECT_EQ(applied, std::ssize(digest_lines_in(*reader_, "history"))) << "each event was first seen by one writer";
  EXPECT_EQ(reader_->shards().value().size(), 4u);
}

}  // namespace
}  // namespace tests
