#include "store/sqlite/damage.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/sqlite.h"
#include "tests/support/changes.h"
#include "tests/support/temporary_folder.h"

namespace store::sqlite {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class DamageTest : public testing::Test {
 protected:
  DamageTest() {
    auto store = open(path_).value();
    const tests::Batch batch({tests::created(1), tests::progressed(2, "0", "1"),
                              tests::reset(3, {.aggregate_id = "user-1", .user_limit_id = "parked"})});
    EXPECT_TRUE(store->apply(batch.view(), Durability::kCommitted));
  }
  void execute(const char* sql) { Connection(path_, Connection::Mode::kWrite, std::chrono::seconds(5)).execute(sql); }
  [[nodiscard]] std::vector<std::string> found(Scrutiny scrutiny) {
    return open_reader(path_).value()->damage(scrutiny).value();
  }
  /// The offset of the root page of a table or an index.
  [[nodiscard]] std::int64_t page_of(const std::string& name) {
    Connection db(path_, Connection::Mode::kWrite, std::chrono::seconds(5));
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    return (db.integer("SELECT rootpage FROM sqlite_schema WHERE name = '" + name + "'") - 1) *
           db.integer("PRAGMA page_size");
  }
  void overwrite(std::int64_t offset, const std::string& bytes) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << bytes;
    ASSERT_TRUE(file.flush());
  }

  tests::TemporaryFolder folder_;
  std::string path_ = folder_.path("limits.db");
};

TEST_F(DamageTest, OfASoundFileIsNone) {
  EXPECT_THAT(found(Scrutiny::kQuick), IsEmpty());
  EXPECT_THAT(found(Scrutiny::kComplete), IsEmpty());
}

TEST_F(DamageTest, OfAPageIsFoundAtOnce) {
  overwrite(page_of("limit_change"), std::string(512, '\x7f'));
  EXPECT_THAT(found(Scrutiny::kQuick), Not(IsEmpty()));
}

TEST_F(DamageTest, OfAnIndexTakesTheCompleteLook) {
  execute(
      "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'IS NULL') "
      "WHERE name = 'limit_by_user'");
  EXPECT_THAT(found(Scrutiny::kQuick), IsEmpty());
  EXPECT_THAT(found(Scrutiny::kComplete), Contains(HasSubstr("limit_by_user")));
}

TEST_F(DamageTest, OfAReferenceTakesTheCompleteLook) {
  execute("DELETE FROM limit_definition");
  EXPECT_THAT(found(Scrutiny::kQuick), IsEmpty());
  EXPECT_THAT(found(Scrutiny::kComplete),
              Contains("row 1 of table limit_progress names a row of table limit_definition that is not there"));
}

TEST_F(DamageTest, ToldIsBounded) {
  execute(
      "DELETE FROM limit_definition; WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
      "INSERT INTO limit_progress SELECT n.i, sequence, event_id, progress, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
      "NULL, NULL "
      "FROM n, limit_progress WHERE limit_id = 1");
  EXPECT_EQ(found(Scrutiny::kComplete).size(), 100);
}

}  // namespace
}  // namespace store::sqlite
