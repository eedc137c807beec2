#include "processor/rules_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temporary_folder.h"

namespace processor {
namespace {

using testing::HasSubstr;

class RulesFileTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  std::string path_ = folder_.path("rules.json");
};

TEST_F(RulesFileTest, ReadsTheShippedRules) {
  const auto rules = load_rules(TEST_SOURCE_DIR "/../../properties/rules.json");
  ASSERT_TRUE(rules) << rules.error();
  EXPECT_EQ(rules->route(rules->candidates("USER_LIMIT_RESET")).action, limits::Route::Action::kHandle);
}

TEST_F(RulesFileTest, NamesAFileThatIsNotThere) {
  EXPECT_THAT(load_rules(path_).error(), AllOf(HasSubstr(path_), HasSubstr("No such file"), HasSubstr("--rules")));
}

TEST_F(RulesFileTest, NamesTheFileAndThePlaceOfAnError) {
  std::ofstream(path_) << R"({"rules": [], "default": "dead_leter"})";
  EXPECT_THAT(load_rules(path_).error(), AllOf(HasSubstr(path_), HasSubstr("/default"), HasSubstr("dead_letter")));
}

TEST_F(RulesFileTest, RefusesAFileFarTooLargeBeforeReadingIt) {
  std::ofstream(path_) << "{}";
  std::filesystem::resize_file(path_, std::uintmax_t{1} << 40);
  EXPECT_THAT(load_rules(path_).error(), HasSubstr("at most 4194304"));
}

TEST_F(RulesFileTest, RefusesAFolder) {
  EXPECT_THAT(load_rules(folder_.path()).error(), HasSubstr(folder_.path()));
}

TEST_F(RulesFileTest, RefusesAPipeAndDoesNotWaitForIt) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(load_rules(path_).error(), HasSubstr("it is no regular file"));
}

/// A file that changes while it is in use.
class ChangingRulesFileTest : public RulesFileTest {
 protected:
  static constexpr std::string_view kIgnore = R"({"rules": [], "default": "ignore"})";
  static constexpr std::string_view kLetter = R"({"rules": [], "default": "dead_letter"})";

  void write(std::string_view text) { std::ofstream(path_) << text; }
  void replace(std::string_view text) {
    std::ofstream(path_ + ".new") << text;
    std::filesystem::rename(path_ + ".new", path_);
  }
  void open() {
    auto opened = RulesFile::open(path_, log_);
    ASSERT_TRUE(opened) << opened.error();
    file_.emplace(std::move(*opened));
  }
  /// What the rules say of any event.
  limits::Route::Action action() {
    file_->refresh();
    return file_->rules().route(file_->rules().candidates("ANY")).action;
  }
  int warnings() {
    std::ifstream log(folder_.path("events.shard-0.log"));
    const std::string text(std::istreambuf_iterator<char>(log), {});
    int found = 0;
    for (std::size_t at = 0; (at = text.find("stay in force", at)) != text.npos; ++at) ++found;
    return found;
  }

  Log log_{{.directory = folder_.path()}};
  std::optional<RulesFile> file_;
};

using Action = limits::Route::Action;

TEST_F(ChangingRulesFileTest, TakesAnotherFileInItsPlace) {
  write(kIgnore);
  open();
  EXPECT_EQ(action(), Action::kIgnore);
  replace(kLetter);
  EXPECT_EQ(action(), Action::kDeadLetter);
  EXPECT_EQ(file_->problem(), "");
}

TEST_F(ChangingRulesFileTest, TakesAnEditInPlace) {
  write(kIgnore);
  open();
  write(kLetter);
  EXPECT_EQ(action(), Action::kDeadLetter);
}

TEST_F(ChangingRulesFileTest, TakesAnEditThatTheFileSystemsClockHides) {
  const std::string ignore = std::string(kIgnore) + std::string(kLetter.size() - kIgnore.size(), ' ');
  write(ignore);
  open();
  // A page in memory: the first write to it changes the file's times, those that follow at once do not.
  const int file = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  auto* const page = static_cast<char*>(::mmap(nullptr, ignore.size(), PROT_WRITE, MAP_SHARED, file, 0));
  ASSERT_NE(page, MAP_FAILED);
  for (int i = 0; i < 10; ++i) {
    kLetter.copy(page, kLetter.size());
    EXPECT_EQ(action(), Action::kDeadLetter);
    ignore.copy(page, ignore.size());
    EXPECT_EQ(action(), Action::kIgnore);
  }
  ::munmap(page, ignore.size());
  ::close(file);
}

TEST_F(ChangingRulesFileTest, KeepsTheRulesWhileTheFileIsNoGood) {
  write(kIgnore);
  open();
  write(kLetter.substr(0, 20));
  EXPECT_EQ(action(), Action::kIgnore);
  EXPECT_THAT(file_->problem(), HasSubstr(path_ + ": line 1, column"));
  write(R"({"rules": [], "default": "dead_leter"})");
  EXPECT_EQ(action(), Action::kIgnore);
  EXPECT_THAT(file_->problem(), HasSubstr("did you mean \"dead_letter\"?"));
  write(kLetter);
  EXPECT_EQ(action(), Action::kDeadLetter);
  EXPECT_EQ(file_->problem(), "");
}

TEST_F(ChangingRulesFileTest, KeepsTheRulesWhileTheFileIsGone) {
  write(kIgnore);
  open();
  std::filesystem::remove(path_);
  EXPECT_EQ(action(), Action::kIgnore);
  EXPECT_EQ(file_->problem(), path_ + ": cannot read the rules: No such file or directory");
  write(kIgnore);
  EXPECT_EQ(action(), Action::kIgnore);
  EXPECT_EQ(file_->problem(), "");
}

TEST_F(ChangingRulesFileTest, SaysWhatIsWrongNowWhenTheFileComesBackAsBadAsItWas) {
  write(kIgnore);
  open();
  write("no rules");
  EXPECT_EQ(action(), Action::kIgnore);
  const std::string problem = file_->problem();
  std::filesystem::remove(path_);
  EXPECT_EQ(action(), Action::kIgnore);
  EXPECT_NE(file_->problem(), problem);
  write("no rules");
  EXPECT_EQ(action(), Action::kIgnore);
  EXPECT_EQ(file_->problem(), problem);
}

TEST_F(ChangingRulesFileTest, SaysEachProblemOnce) {
  log_.open_file("events", "shard-0");
  write(kIgnore);
  open();
  for (const std::string_view text : {"no rules", "{}"}) {
    write(text);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(action(), Action::kIgnore);
  }
  EXPECT_EQ(warnings(), 2);
}

}  // namespace
}  // namespace processor
