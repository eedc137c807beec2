#include "store/sqlite/chain.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/changes.h"

namespace store::sqlite::chain {
namespace {

/// A chain in memory that counts what is read of it.
class Table final : public Rows {
 public:
  std::optional<Row> read(RowId id) override {
    ++reads;
    const auto found = rows.find(id);
    return found == rows.end() ? std::nullopt : std::optional(found->second);
  }
  void set_previous(RowId id, RowId previous) override {
    ++repointed;
    rows.at(id).link.previous = previous;
  }

  /// Puts a batch of events into the chain, in any order; returns how many the chain knew.
  std::size_t add(std::vector<limits::Stamp> stamps) {
    std::ranges::sort(stamps);
    std::vector<NewRow> news;
    for (const limits::Stamp& stamp : stamps) {
      NewRow& row = news.emplace_back();
      row.id = ++last_id;
      row.stamp = stamp;
    }
    std::vector<NewRow*> pointers;
    for (NewRow& row : news) pointers.push_back(&row);
    newest = place(pointers, newest, *this);
    for (const NewRow& row : news) {
      if (!row.known) rows[row.id] = {.id = row.id, .stamp = row.stamp, .link = row.link};
      if (row.conflict && !row.known) ++conflicts;
    }
    return static_cast<std::size_t>(std::ranges::count(news, true, &NewRow::known));
  }

  void append_one(const limits::Stamp& stamp) {
    NewRow row;
    row.id = ++last_id;
    row.stamp = stamp;
    NewRow* const pointer = &row;
    newest = append({&pointer, 1}, newest, *this);
    rows[row.id] = {.id = row.id, .stamp = row.stamp, .link = row.link};
  }

  /// From the newest back.
  [[nodiscard]] std::vector<limits::Stamp> stamps() const {
    std::vector<limits::Stamp> found;
    for (RowId id = newest.id; id != 0; id = rows.at(id).link.previous) found.push_back(rows.at(id).stamp);
    return found;
  }

  std::map<RowId, Row> rows;
  End newest;
  RowId last_id = 0;
  std::size_t reads = 0;
  std::size_t repointed = 0;
  std::size_t conflicts = 0;
};

limits::Stamp stamp(std::int64_t sequence, std::string_view event_id = "evt") {
  return {.sequence = {sequence}, .event_id = event_id};
}

std::vector<limits::Stamp> stamps(std::int64_t first, std::int64_t count, std::int64_t step = 1) {
  std::vector<limits::Stamp> all;
  for (std::int64_t i = 0; i < count; ++i) all.push_back(stamp(first + i * step));
  return all;
}

TEST(Chain, IsInTheOrderOfStampsInWhateverOrderEventsCome) {
  std::vector<limits::Stamp> all = stamps(1, 300);
  for (std::int64_t i = 1; i <= 300; i += 7) all.push_back(stamp(i, "other"));
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    std::ranges::shuffle(all, random);
    Table table;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 40, all.size() - at);
      EXPECT_EQ(table.add({all.begin() + static_cast<std::ptrdiff_t>(at),
                           all.begin() + static_cast<std::ptrdiff_t>(at + size)}),
                0u);
      at += size;
    }
    std::vector<limits::Stamp> expected = all;
    std::ranges::sort(expected, std::ranges::greater{});
    ASSERT_EQ(table.stamps(), expected) << "seed " << seed;
    ASSERT_EQ(table.conflicts, 43u) << "seed " << seed;
    ASSERT_EQ(table.add({all.begin(), all.begin() + 60}), 60u) << "seed " << seed;
  }
}

TEST(Chain, ALateEventRepointsItsOneSuccessor) {
  Table table;
  table.add({stamp(1), stamp(2), stamp(5)});
  table.add({stamp(3), stamp(4)});
  EXPECT_EQ(table.repointed, 1u);
  EXPECT_EQ(table.stamps(), (std::vector{stamp(5), stamp(4), stamp(3), stamp(2), stamp(1)}));
}

TEST(Chain, EventsUnderOneSequenceNumberAreConflictsFromTheSecondOn) {
  Table table;
  table.add({stamp(7, "b")});
  EXPECT_EQ(table.conflicts, 0u);
  table.add({stamp(7, "a"), stamp(7, "c"), stamp(7, "aa")});
  EXPECT_EQ(table.conflicts, 3u);
  table.add({stamp(7, "a")});
  EXPECT_EQ(table.conflicts, 3u);
}

TEST(Chain, AnAppendedRowSeldomReadsAnother) {
  Table table;
  for (std::int64_t i = 1; i <= 10'000; ++i) table.append_one(stamp(i));
  EXPECT_LE(table.reads, 10'000u / 15);
}

TEST(Chain, AReplayCostsTheSameWhetherHistoryIsShortOrLong) {
  for (const std::int64_t length : {100, 1'000, 10'000, 100'000}) {
    Table table;
    for (std::int64_t i = 1; i <= length; ++i) table.append_one(stamp(i));
    std::size_t most = 0;
    for (std::int64_t i = 1; i <= length; i += length / 100) {
      table.reads = 0;
      EXPECT_EQ(table.add({stamp(i)}), 1u);
      most = std::max(most, table.reads);
    }
    EXPECT_LE(most, 200u) << "of " << length;
  }
}

TEST(Chain, ALongStretchOfLateEventsIsFoundAgainAsFast) {
  Table table;
  for (std::int64_t i = 20'001; i <= 30'000; ++i) table.append_one(stamp(i));
  for (std::int64_t i = 1; i <= 20'000; i += 10) table.add(stamps(i, 10));
  table.reads = 0;
  for (std::int64_t i = 1; i <= 20'000; i += 100) EXPECT_EQ(table.add({stamp(i)}), 1u);
  EXPECT_LE(table.reads / 200, 200u);
}

TEST(Chain, OneWalkFindsAllEventsOfABatch) {
  Table table;
  for (std::int64_t i = 1; i <= 10'000; ++i) table.append_one(stamp(i));
  table.reads = 0;
  EXPECT_EQ(table.add(stamps(9'001, 500)), 500u);
  EXPECT_LE(table.reads, 2 * 500u + 200u);
}

TEST(Chain, EndsWhereRetentionTookTheRows) {
  Table table;
  for (std::int64_t i = 1; i <= 100; ++i) table.append_one(stamp(2 * i));
  table.rows.erase(table.rows.begin(), table.rows.lower_bound(50));
  EXPECT_EQ(table.add({stamp(151)}), 0u);
  EXPECT_EQ(table.add({stamp(151), stamp(120)}), 2u);
  for (std::int64_t i = 101; i <= 300; ++i) table.append_one(stamp(2 * i));
  EXPECT_EQ(table.add({stamp(151), stamp(598)}), 2u);
}

}  // namespace
}  // namespace store::sqlite::chain
