#include "store/sqlite/wal_file.h"

#include <chrono>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/sqlite/connection.h"
#include "tests/store/sqlite/process.h"
#include "tests/store/sqlite/watched_files.h"
#include "tests/support/temporary_folder.h"

namespace store::sqlite {
namespace {

constexpr std::chrono::milliseconds kPatience = std::chrono::seconds(5);
/// Some fill the VFS's buffer several times over, some stay within it.
constexpr int kMany = 100;
constexpr int kFew = 20;

/// Writes to a table whose every row fills a page; `round` is what they all say.
class Pages {
 public:
  Pages(const std::string& path, int count) : db_(path, Connection::Mode::kWrite, kPatience) {
    db_.execute("PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS page (id INTEGER PRIMARY KEY, round, filler)");
    db_.execute(fmt::format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                            "INSERT OR IGNORE INTO page SELECT i, 0, zeroblob(3000) FROM n",
                            count)
                    .c_str());
  }

  void write(int round) { db_.execute(fmt::format("UPDATE page SET round = {}", round).c_str()); }
  [[nodiscard]] Connection& db() { return db_; }

 private:
  Connection db_;
};

class WalFileTest : public testing::Test {
 protected:
  /// What another connection, without this VFS, reads: the only round of all pages, and that the file is sound.
  [[nodiscard]] int round() {
    Connection reader(path_, Connection::Mode::kRead, kPatience);
    EXPECT_EQ(reader.text("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(reader.integer("SELECT count(DISTINCT round) FROM page"), 1);
    return static_cast<int>(reader.integer("SELECT round FROM page"));
  }

  tests::TemporaryFolder folder_;
  std::string path_ = folder_.path("pages.db");
};

TEST_F(WalFileTest, ATransactionOfManyPagesTakesFewWrites) {
  int writes = 0;
  tests::WatchedFiles watched([&](tests::WatchedFiles::Call call, std::string_view file) {
    writes += call == tests::WatchedFiles::Call::kWrite && file.ends_with("-wal");
    return SQLITE_OK;
  });
  Pages pages(path_, kMany);
  writes = 0;
  pages.write(1);
  EXPECT_GT(writes, 0);
  EXPECT_LT(writes, kMany / 10);
}

TEST_F(WalFileTest, ATransactionIsInTheFileWhenItsCommitReturns) {
  Pages pages(path_, kMany);
  for (const char* synchronous : {"OFF", "NORMAL", "FULL"}) {
    pages.db().execute(fmt::format("PRAGMA synchronous={}", synchronous).c_str());
    for (int round = 1; round <= 3; ++round) {
      pages.write(round);
      EXPECT_EQ(this->round(), round) << synchronous;
    }
  }
}

TEST_F(WalFileTest, ATransactionThatOutgrowsTheCacheIsSoundAfterACrash) {
  for (const int count : {kFew, kMany}) {
    tests::Process writer([this, count] {
      Pages pages(path_, count);
      pages.db().execute("PRAGMA synchronous=NORMAL; PRAGMA cache_size=5; BEGIN IMMEDIATE");
      for (int round = 1; round <= 4; ++round) pages.write(round);
      pages.db().execute("COMMIT; BEGIN IMMEDIATE");
      pages.write(5);
      ::kill(::getpid(), SIGKILL);
    });
    EXPECT_FALSE(writer.wait());
    EXPECT_EQ(round(), 4) << count << " pages";
  }
}

TEST_F(WalFileTest, ATransactionThatWasRolledBackLeavesNothing) {
  Pages pages(path_, kMany);
  pages.db().execute("PRAGMA cache_size=5; BEGIN IMMEDIATE");
  pages.write(1);
  pages.db().execute("ROLLBACK");
  EXPECT_EQ(round(), 0);
  pages.write(2);
  EXPECT_EQ(round(), 2);
}

TEST_F(WalFileTest, AWriteThatFailsFailsTheCommit) {
  tests::Process writer([this] {
    Pages pages(path_, kMany);
    pages.db().execute("PRAGMA synchronous=NORMAL");
    pages.write(1);
    ::signal(SIGXFSZ, SIG_IGN);
    const rlim_t size = std::filesystem::file_size(path_ + "-wal");
    const rlimit full{.rlim_cur = size + 1000, .rlim_max = RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &full);
    EXPECT_THROW(pages.write(2), Failure);
    EXPECT_EQ(pages.db().integer("SELECT max(round) FROM page"), 1);
    const rlimit none{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &none);
    pages.write(3);
    if (testing::Test::HasFailure()) ::_exit(1);
  });
  EXPECT_TRUE(writer.wait());
  EXPECT_EQ(round(), 3);
}

}  // namespace
}  // namespace store::sqlite
