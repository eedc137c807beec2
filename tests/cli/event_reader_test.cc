#include "cli/event_reader.h"

#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kLongest = std::size_t{1024} * 1024;

/// A file in memory that stands at its start.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : descriptor_(memfd_create("events", 0)) {
    EXPECT_EQ(::write(descriptor_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    EXPECT_EQ(::lseek(descriptor_, 0, SEEK_SET), 0);
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

struct Read {
  std::vector<std::string> elements;
  std::vector<std::int64_t> lines;
  std::string failure;
};

Read read(std::string_view text, std::size_t longest = kLongest) {
  const MemoryFile file(text);
  EventReader reader(file.descriptor(), "events", longest);
  Read got;
  while (true) {
    const auto element = reader.next();
    if (!element) {
      got.failure = element.error().what;
      return got;
    }
    if (!*element) break;
    got.elements.emplace_back((*element)->bytes);
    got.lines.push_back((*element)->line);
  }
  EXPECT_EQ(reader.consumed(), static_cast<std::int64_t>(text.size()));
  return got;
}

TEST(EventReader, KnowsAnArrayByItsFirstCharacter) {
  EXPECT_THAT(read(" \n[1,\n {\"a\":[2,3]} ,\"x,]\\\"\"\n]\n").elements,
              ElementsAre("1", "{\"a\":[2,3]}", "\"x,]\\\"\""));
  EXPECT_THAT(read(" {}\n[1,2]").elements, ElementsAre(" {}", "[1,2]"));
}

TEST(EventReader, NamesTheLineWhereAnElementStarts) {
  EXPECT_THAT(read("\n[\n{\n\n},\n\n2]").lines, ElementsAre(3, 7));
  EXPECT_THAT(read("\n1\r\n\r\n2").lines, ElementsAre(2, 4));
}

TEST(EventReader, ReadsElementsThatLieAcrossTheEndOfWhatWasRead) {
  constexpr std::size_t kReadAtATime = std::size_t{256} * 1024;
  const std::vector<std::string> elements{R"({"a":"\\\"]},"})", "[1]", R"("\"")"};
  for (std::size_t before = kReadAtATime - 40; before < kReadAtATime + 2; ++before) {
    const std::string filler = '"' + std::string(before, 'x') + '"';
    std::string array = "[" + filler;
    std::string lines = filler;
    for (const std::string& element : elements) {
      array += "," + element;
      lines += "\r\n" + element;
    }
    EXPECT_THAT(read(array + "]").elements, ElementsAre(filler, elements[0], elements[1], elements[2])) << before;
    EXPECT_THAT(read(lines).elements, ElementsAre(filler, elements[0], elements[1], elements[2])) << before;
  }
}

TEST(EventReader, HoldsAnElementUpToTheLongest) {
  EXPECT_THAT(read("[12345]", 5).elements, ElementsAre("12345"));
  EXPECT_THAT(read("12345\r\n", 5).elements, ElementsAre("12345"));
  EXPECT_THAT(read("\n[123456]", 5).failure, HasSubstr("events, line 2: an event of more than 5 bytes"));
  EXPECT_THAT(read("\n123456\n", 5).failure, HasSubstr("events, line 2: an event of more than 5 bytes"));
}

TEST(EventReader, FailsIfItCannotRead) {
  EventReader reader(-1, "events", kLongest);
  const auto element = reader.next();
  ASSERT_FALSE(element);
  EXPECT_THAT(element.error().what, HasSubstr("events, line 1: cannot be read: Bad file descriptor"));
}

}  // namespace
}  // namespace cli
