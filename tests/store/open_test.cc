#include "store/open.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/changes.h"
#include "tests/support/temporary_folder.h"

namespace store {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class Open : public testing::Test {
 protected:
  const tests::TemporaryFolder folder_;
  const std::string file_ = folder_.path("limits.db");
  const std::string url_ = "sqlite:" + file_;
};

/// What both ways in say of a URL that is not understood.
std::string refusal(std::string_view url) {
  const auto store = open(url);
  const auto reader = open_reader(url);
  EXPECT_FALSE(store.has_value());
  EXPECT_FALSE(reader.has_value());
  if (store || reader) return "it was opened";
  EXPECT_EQ(store.error().code, Errc::kFatal);
  EXPECT_EQ(store.error().what, reader.error().what);
  EXPECT_THAT(store.error().what,
              EndsWith(" The forms are sqlite:PATH[?history=on|off] and memory:[?history=on|off]."));
  return store.error().what;
}

TEST_F(Open, RefusesWhatHasNoScheme) {
  EXPECT_THAT(refusal(""), StartsWith("store \"\": it has no scheme."));
  EXPECT_THAT(refusal("var/limits.db"), StartsWith("store \"var/limits.db\": it has no scheme."));
}

TEST_F(Open, RefusesAnUnknownSchemeAndNamesTheNearest) {
  EXPECT_THAT(refusal("sqlit:limits.db"),
              StartsWith("store \"sqlit:limits.db\": no store has the scheme \"sqlit\"; did you mean \"sqlite\"?"));
  EXPECT_THAT(refusal("mem:"), HasSubstr("no store has the scheme \"mem\""));
  EXPECT_THAT(refusal("postgres:limits"), AllOf(HasSubstr("\"postgres\"."), testing::Not(HasSubstr("did you mean"))));
}

TEST_F(Open, RefusesAPathThatIsMissingOrTooMuch) {
  EXPECT_THAT(refusal("sqlite:"), HasSubstr("it names no path."));
  EXPECT_THAT(refusal("sqlite:?history=on"), HasSubstr("it names no path."));
  EXPECT_THAT(refusal("memory:limits.db"), HasSubstr("this store takes no path."));
}

TEST_F(Open, RefusesAnOptionThatItDoesNotKnow) {
  EXPECT_THAT(refusal(url_ + "?histroy=off"),
              HasSubstr("no store has the option \"histroy\"; did you mean \"history\"?"));
  EXPECT_THAT(refusal(url_ + "?"), HasSubstr("no store has the option \"\""));
  EXPECT_THAT(refusal(url_ + "?history=maybe"), HasSubstr("history is on or off, not \"maybe\"."));
  EXPECT_THAT(refusal(url_ + "?history"), HasSubstr("history is on or off, not \"\"."));
  EXPECT_THAT(refusal("memory:?history=OFF"), HasSubstr("history is on or off, not \"OFF\"."));
  EXPECT_FALSE(std::filesystem::exists(file_)) << "a refused URL creates nothing";
}

TEST_F(Open, CreatesASqliteFileAndReadsItAgain) {
  const auto store = open(url_);
  ASSERT_TRUE(store.has_value()) << store.error().what;
  ASSERT_TRUE((*store)->apply(tests::Batch{tests::created(2)}.view(), Durability::kCommitted).has_value());
  const auto reader = open_reader(url_);
  ASSERT_TRUE(reader.has_value()) << reader.error().what;
  EXPECT_THAT((*reader)->get("limit-1").value(), SizeIs(1));
  EXPECT_THAT((*reader)->history("limit-1").value(), SizeIs(1));
}

TEST_F(Open, HandsTheOptionOnAndAReaderTakesTheSameUrl) {
  const auto store = open(url_ + "?history=off");
  ASSERT_TRUE(store.has_value()) << store.error().what;
  ASSERT_TRUE((*store)->apply(tests::Batch{tests::created(2)}.view(), Durability::kCommitted).has_value());
  const auto reader = open_reader(url_ + "?history=off");
  ASSERT_TRUE(reader.has_value()) << reader.error().what;
  EXPECT_THAT((*reader)->get("limit-1").value(), SizeIs(1));
  EXPECT_THAT((*reader)->history("limit-1").value(), IsEmpty());
}

TEST_F(Open, AReaderCreatesNothing) {
  const auto reader = open_reader(url_);
  ASSERT_FALSE(reader.has_value());
  EXPECT_EQ(reader.error().code, Errc::kAbsent);
  EXPECT_THAT(reader.error().what, HasSubstr(file_));
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(Open, AStoreInMemoryIsForItsWriterAlone) {
  const auto store = open("memory:");
  ASSERT_TRUE(store.has_value());
  EXPECT_TRUE((*store)->apply(tests::Batch{tests::created(2)}.view(), Durability::kDurable).has_value());
  EXPECT_TRUE(open("memory:?history=off").has_value());
  const auto reader = open_reader("memory:");
  ASSERT_FALSE(reader.has_value());
  EXPECT_EQ(reader.error().code, Errc::kFatal);
  EXPECT_THAT(reader.error().what, HasSubstr("Let both use sqlite:PATH"));
}

}  // namespace
}  // namespace store
