#include "processor/rules_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

namespace processor {
namespace {

using testing::HasSubstr;

class RulesFileTest : public testing::Test {
 protected:
  RulesFileTest() {
    std::string pattern = testing::TempDir() + "rules-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/rules.json";
  }
  ~RulesFileTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  std::string path_;
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
  EXPECT_THAT(load_rules(folder_).error(), HasSubstr(folder_));
}

}  // namespace
}  // namespace processor
