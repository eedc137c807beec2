#include "cli/text.h"

#include <clocale>
#include <limits>

namespace cli {
namespace {

TEST(Printable, LeavesTextAsItIs) {
  EXPECT_EQ(printable("user-1 \"çé\" 日本 🙂 \\x1b"), "user-1 \"çé\" 日本 🙂 \\x1b");
}

TEST(Printable, EscapesWhatATerminalActsUpon) {
  EXPECT_EQ(printable("\x1b[31m\n\t\x7f"), "\\x1b[31m\\x0a\\x09\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xc2\x9b"), "\\x9b");
  EXPECT_EQ(printable("a\xe2\x80\xae z\xe2\x80\xa8"), "a\\u202e z\\u2028");
}

TEST(Printable, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
}

TEST(PrintableJson, KeepsTheMeaning) {
  EXPECT_EQ(printable_json("[\"\x7f\xc2\x9b\xe2\x80\xae\",\n\"é\"]"), "[\"\\u007f\\u009b\\u202e\",\n\"é\"]");
  EXPECT_EQ(printable_json("\"\xff\""), "\"\\ufffd\"");
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("çé"), 2U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);  // a combining accent
}

TEST(Utc, IsReadable) {
  EXPECT_EQ(utc(1'712'000'000'999), "2024-04-01 19:33:20 UTC");
  EXPECT_EQ(utc(-1), "1969-12-31 23:59:59 UTC");
  EXPECT_EQ(utc(std::nullopt), "-");
}

TEST(Utc, ShowsEveryTimeThereIs) {
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(utc(kLast), "292278994-08-17 07:12:55 UTC");
  EXPECT_EQ(utc(std::numeric_limits<std::int64_t>::min()), "-292275055-05-16 16:47:04 UTC");
}

TEST(Money, GroupsThousandsAndKeepsTheRest) {
  EXPECT_EQ(money("1234567.50", "SEK"), "1,234,567.50 SEK");
  EXPECT_EQ(money("-1000", "EUR"), "-1,000 EUR");
  EXPECT_EQ(money("999.0000001", ""), "999.0000001");
  EXPECT_EQ(money("12345678901234567890123456789012345678", ""), "12,345,678,901,234,567,890,123,456,789,012,345,678");
  EXPECT_EQ(money("much", "EUR"), "much EUR");
}

TEST(Count, GroupsThousands) {
  EXPECT_EQ(count(0), "0");
  EXPECT_EQ(count(-1234), "-1,234");
  EXPECT_EQ(count(std::numeric_limits<std::int64_t>::max()), "9,223,372,036,854,775,807");
}

TEST(Counted, KnowsOneFromMany) {
  EXPECT_EQ(counted(0, "record"), "0 records");
  EXPECT_EQ(counted(1, "record"), "1 record");
  EXPECT_EQ(counted(1234, "record"), "1,234 records");
}

TEST(Bytes, TakesTheUnitThatFits) {
  EXPECT_EQ(bytes(999), "999 B");
  EXPECT_EQ(bytes(1'500), "1.5 kB");
  EXPECT_EQ(bytes(20'000'000'000'000'000), "20000.0 TB");
}

TEST(Duration, TakesTheUnitThatFits) {
  EXPECT_EQ(duration(0), "0 ms");
  EXPECT_EQ(duration(1'500), "1.5 s");
  EXPECT_EQ(duration(5 * 60'000), "5 min");
  EXPECT_EQ(duration(3 * 3'600'000), "3 h");
  EXPECT_EQ(duration(7 * 86'400'000), "7 days");
}

TEST(ReadDuration, KnowsSecondsMinutesHoursAndDays) {
  EXPECT_EQ(read_duration("45s"), 45'000);
  EXPECT_EQ(read_duration("30m"), 30 * 60'000);
  EXPECT_EQ(read_duration("36h"), 36 * 3'600'000);
  EXPECT_EQ(read_duration("90d"), 90LL * 86'400'000);
  EXPECT_EQ(read_duration("0d"), 0);
}

TEST(ReadDuration, RefusesAllElse) {
  for (const std::string_view text : {"", "d", "90", "90w", "90dd", "90 d", " 90d", "-90d", "+90d", "1.5d", "365001d",
                                      "9223372036854775807d", "99999999999999999999d"}) {
    EXPECT_EQ(read_duration(text), std::nullopt) << text;
  }
}

TEST(ReadTime, TakesWhatPeopleWriteAndWhatIsShown) {
  constexpr limits::TimeMs kNow{1'712'000'000'999};
  EXPECT_EQ(read_time("2h ago", kNow), limits::TimeMs{kNow.value - 7'200'000});
  EXPECT_EQ(read_time("0s ago", kNow), kNow);
  EXPECT_EQ(read_time(utc(kNow.value), kNow), limits::TimeMs{1'712'000'000'000});
  EXPECT_EQ(read_time("2024-04-01T19:33:20.999Z", kNow), kNow);
  EXPECT_EQ(read_time("1712000000999", kNow), kNow);
  for (const char* bad :
       {"", "ago", " ago", "2h", "-2h ago", "1712000000999 UTC", "2024-04-01T19:33:20Z UTC", " UTC"}) {
    EXPECT_FALSE(read_time(bad, kNow)) << bad;
  }
}

}  // namespace
}  // namespace cli
