#include "store/sqlite/backup.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/sqlite.h"
#include "tests/store/sqlite/process.h"
#include "tests/support/changes.h"
#include "tests/support/temporary_folder.h"

namespace store::sqlite {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

bool go_on(std::int64_t, std::int64_t) {
  return true;
}

class BackupTest : public testing::Test {
 protected:
  BackupTest() { write(path_, 1, 3); }

  /// Limits of numbers from `first` to `last`, one batch each.
  static void write(const std::string& path, int first, int last) {
    auto store = open(path).value();
    for (int i = first; i <= last; ++i) {
      const std::string id = "limit-" + std::to_string(i);
      const tests::Batch batch({tests::created(1, {.aggregate_id = "user-1", .user_limit_id = id})});
      ASSERT_TRUE(store->apply(batch.view(), Durability::kCommitted));
    }
  }
  /// More than a backup copies in two of its steps.
  void write_large() const {
    tests::Batch batch;
    for (std::int64_t sequence = 1; sequence <= 300; ++sequence) {
      batch.changes.push_back(tests::reset(sequence, {.aggregate_id = "user-1", .user_limit_id = "limit-1"}));
      batch.changes.back().fields = fields_;
    }
    ASSERT_TRUE(open(path_).value()->apply(batch.view(), Durability::kCommitted));
  }
  [[nodiscard]] Result<std::int64_t> backup(const Progress& progress = go_on) {
    return open_reader(path_).value()->backup(copy_, progress);
  }
  [[nodiscard]] std::string refusal(const Progress& progress = go_on) {
    const auto done = backup(progress);
    return done ? "it was done" : done.error().what;
  }
  [[nodiscard]] static std::string digest(const std::string& path) {
    return open_reader(path).value()->digest().value();
  }
  /// All files of the folder but those of the store.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (!entry.path().filename().string().starts_with("limits.db")) names.push_back(entry.path().filename());
    }
    return names;
  }

  const std::string fields_ = "{\"userId\":\"" + std::string(30'000, 'x') + "\"}";
  tests::TemporaryFolder folder_;
  std::string path_ = folder_.path("limits.db");
  std::string copy_ = folder_.path("copy.db");
};

TEST_F(BackupTest, IsAStoreOfTheSameState) {
  const auto bytes = backup();
  ASSERT_TRUE(bytes) << bytes.error().what;
  EXPECT_EQ(*bytes, static_cast<std::int64_t>(std::filesystem::file_size(copy_)));
  EXPECT_EQ(digest(copy_), digest(path_));
}

TEST_F(BackupTest, IsOneFileThatNeedsNoOther) {
  ASSERT_TRUE(backup());
  EXPECT_EQ(digest(copy_), digest(path_));
  EXPECT_THAT(files(), ElementsAre("copy.db"));
  EXPECT_EQ(Connection(copy_, Connection::Mode::kRead, std::chrono::seconds(5)).text("PRAGMA journal_mode"), "delete");
}

TEST_F(BackupTest, IsWhatAProcessorGoesOnFrom) {
  ASSERT_TRUE(backup());
  write(path_, 4, 5);
  write(copy_, 4, 5);
  EXPECT_EQ(digest(copy_), digest(path_));
}

TEST_F(BackupTest, SaysHowFarItIs) {
  std::vector<std::pair<std::int64_t, std::int64_t>> seen;
  const auto bytes = backup([&](std::int64_t done, std::int64_t total) {
    seen.emplace_back(done, total);
    return true;
  });
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back(), std::pair(bytes.value(), bytes.value()));
}

TEST_F(BackupTest, LeavesAFileThatIsThere) {
  std::ofstream(copy_) << "precious";
  EXPECT_THAT(refusal(), AllOf(HasSubstr(copy_), HasSubstr("is there already"), HasSubstr("Name a new file")));
  EXPECT_THAT(files(), ElementsAre("copy.db"));
  EXPECT_EQ(std::filesystem::file_size(copy_), 8);
}

TEST_F(BackupTest, LeavesAFileThatAppearsMeanwhile) {
  const auto appear = [&](std::int64_t, std::int64_t) {
    std::ofstream(copy_) << "precious";
    return true;
  };
  EXPECT_THAT(refusal(appear), HasSubstr("File exists"));
  EXPECT_THAT(files(), ElementsAre("copy.db"));
  EXPECT_EQ(std::filesystem::file_size(copy_), 8);
}

TEST_F(BackupTest, KeepsOffAnotherOfTheSameName) {
  const auto second = [&](std::int64_t, std::int64_t) {
    EXPECT_THAT(refusal(), AllOf(HasSubstr("copy.db-partial"), HasSubstr("another backup writes it")));
    return true;
  };
  EXPECT_TRUE(backup(second));
  EXPECT_EQ(digest(copy_), digest(path_));
}

TEST_F(BackupTest, LeavesNothingWhenItIsGivenUp) {
  EXPECT_THAT(refusal([](std::int64_t, std::int64_t) { return false; }), HasSubstr("interrupted"));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(BackupTest, NamesAFolderThatIsNotThere) {
  copy_ = folder_.path("none/copy.db");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("none/copy.db"), HasSubstr("No such file or directory")));
}

TEST_F(BackupTest, RefusesToCopyDamage) {
  Connection(path_, Connection::Mode::kWrite, std::chrono::seconds(5))
      .execute(
          "PRAGMA ignore_check_constraints=ON; "
          "INSERT INTO dead_letter VALUES (1, x'00', 'open', 1, '', '', 1, '', 0, 0, x'00', 0, NULL, NULL)");
  EXPECT_THAT(refusal(),
              AllOf(HasSubstr("limits.db"), HasSubstr("damaged"), HasSubstr("CHECK constraint failed in dead_letter")));
  EXPECT_THAT(files(), IsEmpty());
}

// Each process writes limits of its own in the order of their numbers, so a state that was ever committed has no gap.
TEST_F(BackupTest, IsOneStateThoughOthersWriteBetweenItsSteps) {
  write_large();
  const tests::Signal started;
  const auto write_on = [&](int from) {
    auto store = open(path_).value();
    for (int i = from;; ++i) {
      const std::string id = std::to_string(i);
      const tests::Batch batch({tests::created(1, {.aggregate_id = "user-1", .user_limit_id = id})});
      if (!store->apply(batch.view(), Durability::kCommitted)) throw std::runtime_error("apply");
      if (i == from) started.give();
    }
  };
  tests::Process one([&] { write_on(1'000'000); });
  tests::Process other([&] { write_on(2'000'000); });
  started.await();
  started.await();
  for (int copy = 0; copy < 3; ++copy) {
    copy_ = folder_.path("copy-" + std::to_string(copy));
    Connection commits(path_, Connection::Mode::kRead, std::chrono::seconds(5));
    int steps = 0;
    const auto bytes = backup([&](std::int64_t, std::int64_t) {
      const std::int64_t before = commits.integer("PRAGMA data_version");
      while (one.running() && other.running() && commits.integer("PRAGMA data_version") == before) {
      }
      return ++steps < 100;
    });
    ASSERT_TRUE(bytes) << bytes.error().what;
    EXPECT_GE(steps, 3);
    auto reader = open_reader(copy_).value();
    EXPECT_THAT(reader->damage(Scrutiny::kComplete).value(), IsEmpty());
    std::map<int, int> newest;
    std::map<int, int> limits;
    ASSERT_TRUE(reader->each_limit({}, [&](const limits::UserLimit& limit) {
      if (limit.user_limit_id.starts_with("limit-")) return true;
      const int number = std::stoi(limit.user_limit_id);
      newest[number / 1'000'000] = std::max(newest[number / 1'000'000], number % 1'000'000 + 1);
      ++limits[number / 1'000'000];
      return true;
    }));
    EXPECT_EQ(limits.size(), 2);
    EXPECT_EQ(limits, newest);
  }
  EXPECT_TRUE(one.running() && other.running());
}

}  // namespace
}  // namespace store::sqlite
