#include "api/store_source.h"

#include <gtest/gtest.h>

#include "store/memory/memory.h"

namespace api {
namespace {

class StoreSourceTest : public testing::Test {
 protected:
  using Opened = store::Result<std::unique_ptr<store::Reader>>;

  Opened open() {
    ++opened_;
    if (failure_) return std::unexpected(store::Error{*failure_, "failed"});
    return store::memory::open_reader(database_);
  }
  store::Result<store::Reader*> reader_at(std::chrono::seconds now) {
    return source_.reader(StoreSource::Clock::time_point(now));
  }

  std::shared_ptr<store::memory::Database> database_ = store::memory::create({});
  std::optional<store::Errc> failure_;
  int opened_ = 0;
  StoreSource source_{[this] { return open(); }};
};

TEST_F(StoreSourceTest, OpensTheStoreWhenItIsThere) {
  failure_ = store::Errc::kAbsent;
  EXPECT_EQ(reader_at(std::chrono::seconds(1)).error().code, store::Errc::kAbsent);
  failure_.reset();
  EXPECT_TRUE(reader_at(std::chrono::seconds(1)));
}

TEST_F(StoreSourceTest, KeepsAReaderForSomeSeconds) {
  EXPECT_TRUE(reader_at(std::chrono::seconds(1)));
  EXPECT_TRUE(reader_at(std::chrono::seconds(2)));
  EXPECT_EQ(opened_, 1);
  EXPECT_TRUE(reader_at(std::chrono::seconds(1) + StoreSource::kReopen));
  EXPECT_EQ(opened_, 2);
}

TEST_F(StoreSourceTest, HasNothingOfAStoreThatIsGone) {
  EXPECT_TRUE(reader_at(std::chrono::seconds(1)));
  failure_ = store::Errc::kAbsent;
  EXPECT_FALSE(reader_at(std::chrono::seconds(100)));
  EXPECT_FALSE(reader_at(std::chrono::seconds(100)));
}

TEST_F(StoreSourceTest, KeepsTheReaderWhileTheStoreIsBusy) {
  EXPECT_TRUE(reader_at(std::chrono::seconds(1)));
  failure_ = store::Errc::kBusy;
  EXPECT_TRUE(reader_at(std::chrono::seconds(100)));
}

TEST_F(StoreSourceTest, OpensAnotherAfterAReaderFailed) {
  EXPECT_TRUE(reader_at(std::chrono::seconds(1)));
  source_.forget();
  EXPECT_TRUE(reader_at(std::chrono::seconds(1)));
  EXPECT_EQ(opened_, 2);
}

}  // namespace
}  // namespace api
