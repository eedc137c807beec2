#include "store/sqlite/writer_lock.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/store/sqlite/process.h"
#include "tests/support/temporary_folder.h"

namespace store::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr auto kLong = 60s;

/// Returns once the kernel lists the process among those that wait for a lock.
void await_waiting(pid_t process) {
  const std::string pid = " " + std::to_string(process) + " ";
  for (bool waits = false; !waits;) {
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) waits |= line.contains("->") && line.contains(pid);
  }
}

class WriterLockTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  std::string database_ = folder_.path("limits.db");
};

TEST_F(WriterLockTest, AWriterThatGoesOnAtOnceDoesNotOvertakeOneThatWaits) {
  const std::string log = folder_.path("order");
  const auto write_down = [&](char who) { std::ofstream(log, std::ios::app) << who; };
  const tests::Signal taken;
  const tests::Signal release;
  tests::Process first([&] {
    WriterLock lock(database_, kLong);
    {
      const WriterLock::Turn turn(lock);
      taken.give();
      release.await();
      write_down('a');
    }
    const WriterLock::Turn turn(lock);
    write_down('A');
  });
  taken.await();
  tests::Process second([&] {
    WriterLock lock(database_, kLong);
    const WriterLock::Turn turn(lock);
    write_down('b');
  });
  await_waiting(second.id());
  tests::Process third([&] {
    WriterLock lock(database_, kLong);
    const WriterLock::Turn turn(lock);
    write_down('c');
  });
  await_waiting(third.id());
  release.give();
  EXPECT_TRUE(first.wait());
  EXPECT_TRUE(second.wait());
  EXPECT_TRUE(third.wait());

  std::string order;
  std::ifstream(log) >> order;
  EXPECT_TRUE(order.starts_with("ab")) << order;
  EXPECT_EQ(order.size(), 4u);
}

TEST_F(WriterLockTest, AWaitIsBoundedAndNamesTheHolder) {
  const tests::Signal taken;
  const tests::Signal release;
  tests::Process holder([&] {
    WriterLock lock(database_, kLong);
    const WriterLock::Turn turn(lock);
    taken.give();
    release.await();
  });
  taken.await();
  WriterLock lock(database_, 50ms);
  try {
    const WriterLock::Turn turn(lock);
    FAIL() << "got a turn that another process has";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error.code, Errc::kBusy);
    EXPECT_THAT(failure.error.what, testing::AllOf(testing::HasSubstr("limits.db"), testing::HasSubstr("50 ms"),
                                                   testing::HasSubstr("process " + std::to_string(holder.id()))));
  }
  release.give();
  EXPECT_TRUE(holder.wait());
  EXPECT_NO_THROW(const WriterLock::Turn turn(lock));
}

TEST_F(WriterLockTest, AKilledHolderKeepsNobodyWaiting) {
  const tests::Signal taken;
  const tests::Signal never;
  tests::Process holder([&] {
    WriterLock lock(database_, kLong);
    const WriterLock::Turn turn(lock);
    taken.give();
    never.await();
  });
  taken.await();
  tests::Process waiting([&] {
    WriterLock lock(database_, kLong);
    const WriterLock::Turn turn(lock);
  });
  await_waiting(waiting.id());
  holder.kill();
  EXPECT_TRUE(waiting.wait());
}

TEST_F(WriterLockTest, ThreadsOfOneProcessTakeTurnsToo) {
  int inside = 0;
  int most = 0;
  int turns = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        WriterLock lock(database_, kLong);
        for (int n = 0; n < 50; ++n) {
          const WriterLock::Turn turn(lock);
          most = std::max(most, ++inside);
          ++turns;
          --inside;
        }
      });
    }
  }
  EXPECT_EQ(most, 1);
  EXPECT_EQ(turns, 200);
}

TEST_F(WriterLockTest, SaysWhereItsFileCannotBe) {
  try {
    const WriterLock lock(folder_.path("missing/limits.db"), kLong);
    FAIL() << "made a file in a folder that is not there";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error.code, Errc::kFatal);
    EXPECT_THAT(failure.error.what, testing::HasSubstr("missing/limits.db-writer"));
  }
}

}  // namespace
}  // namespace store::sqlite
