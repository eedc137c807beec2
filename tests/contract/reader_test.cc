#include <algorithm>

#include "tests/contract/store_contract.h"

// What a reader shows, and in which order.
namespace tests {
namespace {

using limits::LimitKey;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kEmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

limits::Change created_for(std::string_view user, const LimitKey& key) {
  limits::Change change = created(1, key);
  change.definition->user_id = user;
  return change;
}

TEST_P(StoreContract, AnEmptyStoreShowsNothing) {
  EXPECT_THAT(reader_->get("limit-1").value(), IsEmpty());
  EXPECT_THAT(limits_in(*reader_), IsEmpty());
  EXPECT_THAT(history(), IsEmpty());
  EXPECT_THAT(parked_in(*reader_), IsEmpty());
  EXPECT_THAT(dead_letters_in(*reader_), IsEmpty());
  EXPECT_EQ(reader_->dead_letter(1).value().has_value(), false);
  EXPECT_THAT(reader_->shards().value(), IsEmpty());
  EXPECT_EQ(reader_->waiting().value(), store::Waiting{});
  EXPECT_THAT(digest_lines_in(*reader_), IsEmpty());
  EXPECT_EQ(reader_->digest().value(), kEmptySha256);
}

TEST_P(StoreContract, AReaderSeesWhatWasCommittedAfterItWasOpened) {
  apply({created(2)});
  EXPECT_EQ(limit().progress, "0");
  apply({progressed(4, "0", "1")});
  EXPECT_EQ(limit().progress, "1");
}

TEST_P(StoreContract, AnotherReaderAndAnotherWriterSeeTheSame) {
  apply({created(2), reset(3, {.aggregate_id = "user-1", .user_limit_id = "parked"})});
  const std::unique_ptr<store::Store> writer = backend_->writer();
  EXPECT_EQ(tests::apply(*writer, {created(2)}).verdicts, tally({{store::Verdict::kDuplicate, 1}}));
  EXPECT_EQ(digest_lines_in(*backend_->reader()), digest_lines_in(*reader_));
}

TEST_P(StoreContract, LimitsAreListedByUserAndLimitAndAggregate) {
  apply({created_for("user-b", {.aggregate_id = "x", .user_limit_id = "1"}),
         created_for("user-a", {.aggregate_id = "z", .user_limit_id = "2"}),
         created_for("user-a", {.aggregate_id = "y", .user_limit_id = "3"}),
         created_for("user-a", {.aggregate_id = "y", .user_limit_id = "2"}),
         created_for("user-B", {.aggregate_id = "y", .user_limit_id = "9"}),
         reset(1, {.aggregate_id = "user-a", .user_limit_id = "parked"})});
  const auto names = [&](const store::LimitFilter& filter) {
    std::vector<std::string> result;
    for (const limits::UserLimit& row : limits_in(*reader_, filter)) {
      result.push_back(row.user_id + " " + row.user_limit_id + " " + row.aggregate_id);
    }
    return result;
  };
  EXPECT_THAT(names({}), ElementsAre("user-B 9 y", "user-a 2 y", "user-a 2 z", "user-a 3 y", "user-b 1 x"));
  EXPECT_THAT(names({.user_id = "user-a"}), ElementsAre("user-a 2 y", "user-a 2 z", "user-a 3 y"));
  EXPECT_THAT(names({.user_id = "user-c"}), IsEmpty());
  EXPECT_THAT(names({.user_id = ""}), IsEmpty());
}

TEST_P(StoreContract, ALimitMovesToTheUserThatItsNewestDefinitionNames) {
  apply({created_for("user-a", kLimit)});
  limits::Change newer = created(5);
  newer.definition->user_id = "user-b";
  apply({newer});
  EXPECT_THAT(limits_in(*reader_, {.user_id = "user-a"}), IsEmpty());
  EXPECT_THAT(limits_in(*reader_, {.user_id = "user-b"}), SizeIs(1));
}

TEST_P(StoreContract, ParkedLimitsAreListedByAggregateAndLimit) {
  apply({reset(1, {.aggregate_id = "b", .user_limit_id = "1"}), reset(2, {.aggregate_id = "a", .user_limit_id = "2"}),
         reset(3, {.aggregate_id = "a", .user_limit_id = "1"}),
         created(4, {.aggregate_id = "a", .user_limit_id = "0"})});
  std::vector<std::string> names;
  for (const store::ParkedLimit& row : parked_in(*reader_)) names.push_back(row.aggregate_id + row.user_limit_id);
  EXPECT_THAT(names, ElementsAre("a1", "a2", "b1"));
}

TEST_P(StoreContract, AWalkEndsWhenTheVisitorSaysSo) {
  Batch batch;
  for (const std::string_view id : {"1", "2", "3"}) {
    batch.changes.push_back(created(1, {.aggregate_id = "user-1", .user_limit_id = id}));
    batch.changes.push_back(reset(1, {.aggregate_id = "user-2", .user_limit_id = id}));
    batch.dead_letters.push_back(dead_letter(std::string(id)));
  }
  apply(batch);

  int visits = 0;
  const auto twice = [&](const auto&) { return ++visits < 2; };
  EXPECT_TRUE(reader_->each_limit({}, twice).has_value());
  EXPECT_EQ(visits, 2);
  visits = 0;
  EXPECT_TRUE(reader_->each_parked(twice).has_value());
  EXPECT_EQ(visits, 2);
  visits = 0;
  EXPECT_TRUE(reader_->each_dead_letter(twice).has_value());
  EXPECT_EQ(visits, 2);

  // In each of the four sections.
  const std::size_t lines = digest_lines_in(*reader_).size();
  for (std::size_t stop = 1; stop <= lines; ++stop) {
    std::size_t seen = 0;
    EXPECT_TRUE(reader_->each_digest_line([&](const std::string&) { return ++seen < stop; }).has_value());
    EXPECT_EQ(seen, stop);
  }
}

TEST_P(StoreContract, AWalkHoldsNoWriterUpAndStaysInItsState) {
  apply({created(1, {.aggregate_id = "user-1", .user_limit_id = "1"}),
         created(2, {.aggregate_id = "user-1", .user_limit_id = "2"})});
  std::vector<std::string> seen;
  const auto walked = reader_->each_limit({}, [&](const limits::UserLimit& row) {
    seen.push_back(row.user_limit_id + " " + row.progress);
    apply({progressed(10, "0", "5", {.aggregate_id = "user-1", .user_limit_id = "2"}),
           created(11, {.aggregate_id = "user-1", .user_limit_id = "3"})});
    return true;
  });
  EXPECT_TRUE(walked.has_value());
  EXPECT_THAT(seen, ElementsAre("1 0", "2 0"));
  EXPECT_THAT(limits_in(*reader_), SizeIs(3));
}

TEST_P(StoreContract, ADigestIsOfOneStateWhateverIsWrittenMeanwhile) {
  const LimitKey parked{.aggregate_id = "user-1", .user_limit_id = "parked"};
  Batch batch{created(2), reset(3, parked)};
  batch.dead_letters = {dead_letter("{")};
  apply(batch);
  const std::vector<std::string> before = digest_lines_in(*reader_);

  std::vector<std::string> lines;
  const auto walked = reader_->each_digest_line([&](const std::string& line) {
    if (lines.empty()) {
      Batch meanwhile{progressed(4, "0", "1"), created(5, parked), reset(1, kLimit)};
      meanwhile.dead_letters = {dead_letter("[")};
      apply(meanwhile);
    }
    lines.push_back(line);
    return true;
  });
  EXPECT_TRUE(walked.has_value());
  EXPECT_EQ(lines, before);
  EXPECT_NE(digest_lines_in(*reader_), before);
}

TEST_P(StoreContract, TheDigestHasTheFormThatIsDocumented) {
  limits::Change definition = created(2);
  definition.stamp.event_id = "evt-\"2\"\n\x01";
  limits::Change orphan = reset(13, {.aggregate_id = "größe", .user_limit_id = "limit-9"});
  orphan.progress->next_reset_time = std::nullopt;
  Batch batch{definition, progressed(4, "0", "120.50"), orphan,
              changed(3, {.active_until = std::optional<limits::TimeMs>(), .value = decimal("750")})};
  batch.dead_letters = {dead_letter("{\"no")};
  apply(batch);

  EXPECT_THAT(
      digest_lines_in(*reader_),
      ElementsAre(
          R"(["limit","user-1","limit-1","user-1","brand-1","EUR","DEPOSIT","DAY","ACTIVE","750",null,1712000000000,null,null,2,"evt-\"2\"\n\u0001","120.50",1712086400004,4,"evt-4"])",
          R"(["parked","größe","limit-9","0",null,13,"evt-13"])",
          R"(["term","user-1","limit-1","activeUntil",null,3,"evt-3"])",
          R"(["term","user-1","limit-1","value","750",3,"evt-3"])",
          R"(["history","größe","limit-9",13,"evt-13","USER_LIMIT_RESET","reset_progress",1712000013000,"0",{"nextResetTime":1712086400013}])",
          R"(["history","user-1","limit-1",2,"evt-\"2\"\n\u0001","USER_LIMIT_CREATED","create_limit",1712000002000,"0",{"activeFrom":1712000000000,"value":"500"}])",
          R"(["history","user-1","limit-1",3,"evt-3","USER_LIMIT_CHANGED","change_limit",1712000003000,null,{"activeUntil":null,"value":"750"}])",
          R"(["history","user-1","limit-1",4,"evt-4","USER_LIMIT_PROGRESS_CHANGED","change_progress",1712000004000,"120.50",{"amount":"120.50","previousProgress":"0"}])",
          R"(["dead","bad_json","7b226e6f"])"));
}

TEST_P(StoreContract, DigestLinesStandInByteOrderOfTheirIdsAndKeys) {
  Batch batch;
  for (const std::string_view id : {"a!", "a", "B", "\"", "é", "a\"", "b"}) {
    batch.changes.push_back(created(9, {.aggregate_id = id, .user_limit_id = "2"}));
    batch.changes.push_back(created(10, {.aggregate_id = id, .user_limit_id = "1"}));
    batch.changes.push_back(reset(8, {.aggregate_id = id, .user_limit_id = "1"}));
    batch.changes.push_back(reset(-8, {.aggregate_id = id, .user_limit_id = "1"}));
    batch.changes.push_back(reset(3, {.aggregate_id = id, .user_limit_id = "3"}));
    batch.dead_letters.push_back(dead_letter(std::string(id)));
  }
  apply(batch);

  std::vector<std::string> expected;
  for (const std::string_view id : {R"(\")", "B", "a", "a!", R"(a\")", "b", "é"}) {
    for (const std::string_view rest : {R"(","1",-8,)", R"(","1",8,)", R"(","1",10,)", R"(","2",9,)", R"(","3",3,)"}) {
      expected.push_back(R"(["history",")" + std::string(id) + std::string(rest));
    }
  }
  const std::vector<std::string> lines = digest_lines_in(*reader_, "history");
  ASSERT_THAT(lines, SizeIs(expected.size()));
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(lines[i].starts_with(expected[i])) << lines[i];

  const std::unique_ptr<Backend> other = reference();
  tests::apply(*other->writer(), batch);
  EXPECT_EQ(digest_lines_in(*reader_), digest_lines_in(*other->reader()));
}

TEST_P(StoreContract, WhatWaitsIsCounted) {
  Batch batch{created(2), reset(3, {.aggregate_id = "user-1", .user_limit_id = "parked-1"}),
              reset(3, {.aggregate_id = "user-1", .user_limit_id = "parked-2"})};
  batch.dead_letters = {dead_letter("{"), dead_letter("["), dead_letter("{"), dead_letter("<")};
  apply(batch);
  EXPECT_EQ(reader_->waiting().value(), (store::Waiting{.parked_limits = 2, .open_dead_letters = 3}));
}

TEST_P(StoreContract, WhatWasWrittenIsSound) {
  apply({created(2), progressed(4, "0", "1"), reset(3, {.aggregate_id = "user-1", .user_limit_id = "parked"})});
  EXPECT_THAT(reader_->damage(store::Scrutiny::kQuick).value(), IsEmpty());
  EXPECT_THAT(reader_->damage(store::Scrutiny::kComplete).value(), IsEmpty());
}

TEST_P(StoreContract, TheDigestIsSha256OfItsLines) {
  Batch batch{created(2), reset(3, {.aggregate_id = "user-1", .user_limit_id = "parked"})};
  batch.dead_letters = {dead_letter("{")};
  apply(batch);
  limits::Sha256 hash;
  for (const std::string& line : digest_lines_in(*reader_)) hash.add(line + "\n");
  EXPECT_EQ(reader_->digest().value(), limits::to_hex(hash.finish()));
}

std::vector<store::KeptLimit> kept_in(store::Reader& reader, const store::KeptFilter& filter) {
  std::vector<store::KeptLimit> rows;
  EXPECT_TRUE(reader.each_kept_limit(filter, [&](const store::KeptLimit& row) { return rows.push_back(row), true; }));
  return rows;
}

TEST_P(StoreContract, AKeptLimitHasItsStampsAndItsEvents) {
  apply({created(2), progressed(5, "0", "1"), progressed(3, "0", "7")});
  const std::vector<store::KeptLimit> rows = kept_in(*reader_, {});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(limits::to_json(rows[0].state), limits::to_json(limit()));
  EXPECT_EQ(rows[0].definition, (store::OwnedStamp{.sequence = 2, .event_id = "evt-2"}));
  EXPECT_EQ(rows[0].progress, (store::OwnedStamp{.sequence = 5, .event_id = "evt-5"}));
  EXPECT_EQ(rows[0].floor, std::nullopt);
  ASSERT_THAT(rows[0].history, SizeIs(3));
  EXPECT_EQ(rows[0].history[1].event_id, "evt-3");
  EXPECT_EQ(rows[0].history[1].fields, history()[1].fields);
  EXPECT_THAT(kept_in(*reader_, {.user_limit_id = {}, .history = false})[0].history, IsEmpty());
}

TEST_P(StoreContract, AKeptLimitHasOnlyTheEventsThatAreWanted) {
  const LimitKey other{.aggregate_id = "user-2", .user_limit_id = "limit-2"};
  apply({created(2), progressed(5, "0", "1"), progressed(3, "0", "7"), created(1, other), reset(4, other)});
  std::vector<std::int64_t> asked;
  store::KeptFilter filter;
  filter.wants = [&asked] {
    return [&asked, first = true](const store::HistoryRow& row) mutable {
      asked.push_back(row.sequence);
      return std::exchange(first, false) || row.handler == "create_limit";
    };
  };
  const std::vector<store::KeptLimit> rows = kept_in(*reader_, filter);
  EXPECT_THAT(asked, ElementsAre(5, 3, 2, 4, 1)) << "from the highest stamp down, each limit anew";
  ASSERT_THAT(rows, SizeIs(2));
  ASSERT_THAT(rows[0].history, SizeIs(2));
  EXPECT_EQ(rows[0].history[0].sequence, 2);
  EXPECT_EQ(rows[0].history[1].sequence, 5);
  EXPECT_THAT(rows[1].history, SizeIs(2));
}

TEST_P(StoreContract, AKeptLimitSaysWhereItsNewestEventCameFrom) {
  const auto arrived = [](limits::Change change, std::int64_t when) {
    change.origin.arrival = {when};
    return change;
  };
  Batch batch{arrived(created(2), 5)};
  batch.shard.key = {.stream = "stream-x", .shard = "shard-x"};
  apply(batch);
  batch.changes = {arrived(progressed(4, "0", "1"), 7)};
  batch.shard.key.shard = "shard-y";
  apply(batch);
  batch.changes = {arrived(progressed(3, "0", "1"), 9)};
  batch.shard.key.shard = "shard-z";
  apply(batch);
  const store::KeptLimit limit = kept_in(*reader_, {.user_limit_id = "limit-1", .history = false})[0];
  ASSERT_TRUE(limit.newest);
  EXPECT_EQ(limit.newest->stream, "stream-x");
  EXPECT_EQ(limit.newest->shard, "shard-y") << "what came last was late";
  EXPECT_EQ(limit.newest->arrival_ms, 7);
  EXPECT_EQ(limit.newest->change_id, history()[2].change_id);
}

TEST_P(StoreContract, AKeptLimitMayBeParked) {
  apply({progressed(5, "2", "1")});
  const std::vector<store::KeptLimit> rows = kept_in(*reader_, {});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].definition, std::nullopt);
  EXPECT_EQ(rows[0].progress, (store::OwnedStamp{.sequence = 5, .event_id = "evt-5"}));
  EXPECT_EQ(rows[0].state.progress, "3");
  EXPECT_EQ(rows[0].state.aggregate_id, "user-1");
}

TEST_P(StoreContract, KeptLimitsComeByLimitAndAggregateHoweverManyThereAre) {
  Batch batch;
  for (int i = 0; i < 600; ++i) {
    const LimitKey key{.aggregate_id = keep("user-" + std::to_string(i % 7)),
                       .user_limit_id = keep("limit-" + std::to_string(i * 37 % 300))};
    batch.changes.push_back(i % 5 == 0 ? reset(1, key) : created(1, key));
  }
  apply(batch);
  std::vector<std::pair<std::string, std::string>> keys;
  for (const store::KeptLimit& row : kept_in(*reader_, {})) {
    keys.emplace_back(row.state.user_limit_id, row.state.aggregate_id);
    EXPECT_THAT(row.history, SizeIs(1));
  }
  EXPECT_EQ(keys.size(), 600U);
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end());
}

TEST_P(StoreContract, KeptLimitsMayBeThoseOfOneId) {
  apply({created(1, {.aggregate_id = "b", .user_limit_id = "two"}),
         reset(1, {.aggregate_id = "a", .user_limit_id = "two"}), created(1)});
  const std::vector<store::KeptLimit> rows = kept_in(*reader_, {.user_limit_id = "two"});
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].state.aggregate_id, "a");
  EXPECT_EQ(rows[1].state.aggregate_id, "b");
  EXPECT_THAT(kept_in(*reader_, {.user_limit_id = "none"}), IsEmpty());
}

TEST_P(StoreContract, AWalkOverKeptLimitsEndsWhenItIsTold) {
  apply({created(1), created(1, {.aggregate_id = "user-2", .user_limit_id = "limit-2"})});
  int visited = 0;
  EXPECT_TRUE(reader_->each_kept_limit({}, [&](const store::KeptLimit&) { return ++visited, false; }));
  EXPECT_EQ(visited, 1);
}

}  // namespace
}  // namespace tests
