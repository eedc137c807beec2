#include "store/sqlite/file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite.h"
#include "tests/store/sqlite/process.h"
#include "tests/store/sqlite/watched_files.h"
#include "tests/support/changes.h"
#include "tests/support/temporary_folder.h"

namespace store::sqlite {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class FileTest : public testing::Test {
 protected:
  /// Makes a store and closes it.
  void make_store() {
    auto store = open(path_).value();
    const tests::Batch batch({tests::created(1)});
    ASSERT_TRUE(store->apply(batch.view(), Durability::kCommitted));
  }
  void execute(const char* sql) { Connection(path_, Connection::Mode::kWrite, std::chrono::seconds(5)).execute(sql); }
  [[nodiscard]] std::int64_t limits_in_store() {
    auto reader = open_reader(path_).value();
    std::int64_t count = 0;
    EXPECT_TRUE(reader->each_limit({}, [&](const limits::UserLimit&) { return ++count, true; }));
    return count;
  }

  tests::TemporaryFolder folder_;
  std::string path_ = folder_.path("limits.db");
};

template <class T>
std::string refusal(const Result<T>& result, Errc code = Errc::kFatal) {
  if (result) return "it was opened";
  EXPECT_EQ(result.error().code, code) << result.error().what;
  EXPECT_THAT(result.error().what, testing::StartsWith("store sqlite:"));
  return result.error().what;
}

TEST_F(FileTest, IsMadeWithItsFolder) {
  path_ = folder_.path("var/limits.db");
  make_store();
  EXPECT_EQ(limits_in_store(), 1);
}

TEST_F(FileTest, IsOursOfTheCurrentVersionAndInWalMode) {
  make_store();
  Connection db(path_, Connection::Mode::kRead, std::chrono::seconds(5));
  EXPECT_EQ(kind_of(db), FileKind::kCurrent);
  EXPECT_EQ(db.integer("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(db.integer("PRAGMA user_version"), schema_version());
  EXPECT_EQ(db.text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(db.integer("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict "
                       "AND name NOT LIKE 'sqlite_%'"),
            0);
  EXPECT_EQ(db.text("PRAGMA integrity_check"), "ok");
}

TEST_F(FileTest, IsPutBackIntoWalMode) {
  make_store();
  execute("PRAGMA journal_mode=DELETE");
  auto store = open(path_).value();
  EXPECT_EQ(Connection(path_, Connection::Mode::kRead, std::chrono::seconds(5)).text("PRAGMA journal_mode"), "wal");
}

TEST_F(FileTest, SaysWhatSpaceItTakesAndWhatIsLeft) {
  make_store();
  auto reader = open_reader(path_).value();
  EXPECT_EQ(reader->space()->bytes, static_cast<std::int64_t>(std::filesystem::file_size(path_)));
  EXPECT_EQ(reader->space()->log_bytes, 0);
  EXPECT_GT(reader->space()->free_bytes, 0);
  auto store = open(path_).value();
  const tests::Batch batch({tests::created(3)});
  ASSERT_TRUE(store->apply(batch.view(), Durability::kCommitted));
  EXPECT_EQ(reader->space()->log_bytes, static_cast<std::int64_t>(std::filesystem::file_size(path_ + "-wal")));
  EXPECT_GT(reader->space()->log_bytes, 0);
}

TEST_F(FileTest, MayBeEmpty) {
  std::ofstream(path_).flush();
  make_store();
  EXPECT_EQ(limits_in_store(), 1);
}

TEST_F(FileTest, IsFoundThroughALink) {
  make_store();
  const std::string link = folder_.path("link.db");
  std::filesystem::create_symlink(path_, link);
  auto store = open(link).value();
  EXPECT_TRUE(open_reader(link));
  EXPECT_FALSE(std::filesystem::exists(link + "-writer"));
}

TEST_F(FileTest, OfAnotherProgramStaysUntouched) {
  execute("CREATE TABLE things (name TEXT); PRAGMA application_id=42");
  EXPECT_THAT(refusal(open(path_)), HasSubstr("another program"));
  EXPECT_THAT(refusal(open_reader(path_)), HasSubstr("another program"));
  EXPECT_EQ(Connection(path_, Connection::Mode::kRead, std::chrono::seconds(5)).text("PRAGMA journal_mode"), "delete");
}

TEST_F(FileTest, WithTablesButWithoutOurMarkIsAnotherPrograms) {
  execute("CREATE TABLE things (name TEXT)");
  EXPECT_THAT(refusal(open(path_)), HasSubstr("another program"));
}

TEST_F(FileTest, OfANewerVersionIsRefused) {
  make_store();
  execute("PRAGMA user_version=99");
  EXPECT_THAT(refusal(open(path_)), AllOf(HasSubstr("version 99"), HasSubstr("later")));
  EXPECT_THAT(refusal(open_reader(path_)), HasSubstr("version 99"));
}

TEST_F(FileTest, OfAnOlderVersionIsNotForReaders) {
  make_store();
  execute("PRAGMA user_version=0");
  EXPECT_THAT(refusal(open_reader(path_)), HasSubstr("Start a processor"));
}

TEST_F(FileTest, OfVersion1IsBroughtUpToDateWithAllItHolds) {
  std::ifstream dump(TEST_SOURCE_DIR "/version_1.sql");
  execute(std::string(std::istreambuf_iterator<char>(dump), {}).c_str());
  EXPECT_THAT(refusal(open_reader(path_)), HasSubstr("Start a processor"));

  auto store = open(path_).value();
  EXPECT_EQ(limits_in_store(), 1);
  auto reader = open_reader(path_).value();
  EXPECT_EQ(reader->get("limit-day").value().at(0).progress, "1234.50");
  EXPECT_EQ(reader->history("limit-day").value().size(), 3u);
  EXPECT_EQ(reader->waiting().value(), (Waiting{.parked_limits = 1, .open_dead_letters = 2}));
  EXPECT_EQ(store->discard(std::vector<std::int64_t>{2}, {7}).value(), 1);
  const DeadLetterRow letter = reader->dead_letter(2).value().value();
  EXPECT_EQ(letter.raw, R"({"type":"UNKNOWN"})");
  EXPECT_EQ(letter.state, LetterState::kDiscarded);
  EXPECT_EQ(letter.attempts, 0);
  EXPECT_EQ(letter.handled_at, 7);
  const ShardRow shard = reader->shards()->front();
  EXPECT_EQ(shard.ended_at, std::nullopt);
  EXPECT_EQ(shard.batch_times, BatchTimes());
  EXPECT_EQ(shard.dead_by_reason,
            (std::map<limits::Reason, std::int64_t>{{limits::Reason::kBadJson, 1}, {limits::Reason::kUnrouted, 1}}));
  EXPECT_THAT(reader->damage(Scrutiny::kComplete).value(), testing::IsEmpty());
}

TEST_F(FileTest, WithOtherBytesIsNoDatabase) {
  std::ofstream(path_) << std::string(5000, 'x');
  EXPECT_THAT(refusal(open(path_)), HasSubstr("not an SQLite database"));
  EXPECT_THAT(refusal(open_reader(path_)), HasSubstr("not an SQLite database"));
}

TEST_F(FileTest, ThatLostItsEndIsRefused) {
  make_store();
  const auto size = std::filesystem::file_size(path_);
  for (const std::uintmax_t lost : {std::uintmax_t{1}, std::uintmax_t{4096}, size / 2}) {
    std::filesystem::resize_file(path_, size - lost);
    EXPECT_THAT(refusal(open(path_)), testing::AnyOf(HasSubstr("part of it is lost"), HasSubstr("damaged"))) << lost;
    EXPECT_THAT(refusal(open_reader(path_)), testing::AnyOf(HasSubstr("part of it is lost"), HasSubstr("damaged")));
  }
}

TEST_F(FileTest, CannotBeAFolderOrNothingOrMemory) {
  EXPECT_THAT(refusal(open(folder_.path())), HasSubstr("this is a folder"));
  EXPECT_THAT(refusal(open_reader(folder_.path())), HasSubstr("this is a folder"));
  EXPECT_THAT(refusal(open("")), HasSubstr("names no file"));
  EXPECT_THAT(refusal(open(":memory:")), HasSubstr("memory: for a store without a file"));
}

TEST_F(FileTest, InAFolderOfAMissingFolderIsRefused) {
  EXPECT_THAT(refusal(open(folder_.path("a/b/limits.db"))), AllOf(HasSubstr("a/b"), HasSubstr("No such file")));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("a")));
}

TEST_F(FileTest, ThatMayNotBeWrittenIsRefused) {
  make_store();
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  tests::Process nobody([&] {
    // Root may write anything.
    if (::geteuid() == 0 && ::setuid(65534) != 0) throw std::runtime_error("setuid");
    const auto store = open(path_);
    if (store || store.error().code != Errc::kFatal || !store.error().what.contains("Let this user write")) {
      throw std::runtime_error(store ? "opened" : store.error().what);
    }
  });
  EXPECT_TRUE(nobody.wait());
}

TEST_F(FileTest, ThatIsNotThereIsNotMadeForAReader) {
  EXPECT_THAT(refusal(open_reader(path_), Errc::kAbsent),
              AllOf(HasSubstr("No such file"), HasSubstr("when a processor first starts")));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(FileTest, ThatIsJustBeingMadeLetsAReaderComeAgain) {
  std::ofstream(path_).flush();
  EXPECT_THAT(refusal(open_reader(path_), Errc::kBusy), HasSubstr("just being made"));
}

TEST_F(FileTest, IsMadeOnceByProcessesThatStartAtOnce) {
  for (int round = 0; round < 5; ++round) {
    path_ = folder_.path("limits" + std::to_string(round) + ".db");
    std::vector<std::unique_ptr<tests::Process>> processes;
    for (int i = 0; i < 4; ++i) {
      processes.push_back(std::make_unique<tests::Process>([&, i] {
        auto store = open(path_);
        if (!store) throw std::runtime_error(store.error().what);
        const tests::Batch batch(
            {tests::created(1, {.aggregate_id = tests::keep("user-" + std::to_string(i)), .user_limit_id = "limit"})});
        const auto report = (*store)->apply(batch.view(), Durability::kDurable);
        if (!report) throw std::runtime_error(report.error().what);
      }));
    }
    for (const auto& process : processes) EXPECT_TRUE(process->wait());
    EXPECT_EQ(limits_in_store(), 4);
  }
}

TEST_F(FileTest, IsReadWithoutWritingWhetherAWriterRunsOrNot) {
  make_store();
  int writes = 0;
  const tests::WatchedFiles files([&](tests::WatchedFiles::Call, std::string_view) { return ++writes, SQLITE_OK; });
  EXPECT_EQ(limits_in_store(), 1);
  EXPECT_EQ(writes, 0);
  {
    auto store = open(path_).value();
    const tests::Batch batch({tests::created(2, {.aggregate_id = "user-2", .user_limit_id = "limit-2"})});
    ASSERT_TRUE(store->apply(batch.view(), Durability::kCommitted));
    writes = 0;
    EXPECT_EQ(limits_in_store(), 2);
    EXPECT_EQ(writes, 0);
  }
  writes = 0;
  EXPECT_EQ(limits_in_store(), 2);
  EXPECT_EQ(writes, 0);
}

}  // namespace
}  // namespace store::sqlite
