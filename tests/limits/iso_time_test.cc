#include "limits/iso_time.h"

#include <gtest/gtest.h>

namespace limits {
namespace {

TEST(IsoTime, IsReadToTheMillisecondWithItsOffset) {
  const auto ms = [](std::string_view text) {
    const auto time = parse_iso_time(text);
    EXPECT_TRUE(time) << text;
    return time ? time->value : -1;
  };
  EXPECT_EQ(ms("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ms("1969-12-31T23:59:59.999Z"), -1);
  EXPECT_EQ(ms("2026-03-01T10:00:00.250+01:00"), 1772355600250);
  EXPECT_EQ(ms("2026-03-01t09:00:00,25z"), 1772355600250);
  EXPECT_EQ(ms("2026-03-01 04:30-0430"), 1772355600000);
  EXPECT_EQ(ms("2026-03-01T10:00+01"), 1772355600000);
  EXPECT_EQ(ms("2026-03-01T09:00:00.250999999999Z"), 1772355600250) << "what is finer is cut off";
  EXPECT_EQ(ms("2024-02-29T00:00:00Z"), 1709164800000);
  EXPECT_EQ(ms("2000-02-29T00:00:00Z"), 951782400000);
  EXPECT_EQ(ms("9999-12-31T23:59:59.999Z"), 253402300799999);
}

TEST(IsoTime, IsNothingForWhatIsNoTime) {
  for (const char* bad : {"",
                          "2026-03-01",
                          "2026-03-01T10:00:00",
                          "2026-02-29T00:00:00Z",
                          "1900-02-29T00:00:00Z",
                          "2026-13-01T00:00:00Z",
                          "2026-00-01T00:00:00Z",
                          "2026-04-31T00:00:00Z",
                          "2026-04-00T00:00:00Z",
                          "2026-03-01T24:00:00Z",
                          "2026-03-01T10:60:00Z",
                          "2026-03-01T10:00:60Z",
                          "2026-03-01T10:00:00.Z",
                          "2026-03-01T10:00:00+24:00",
                          "2026-03-01T10:00:00+01:60",
                          "2026-03-01T10:00:00+1",
                          "2026-03-01T10:00:00Zx",
                          " 2026-03-01T10:00:00Z",
                          "26-03-01T10:00:00Z",
                          "2026-3-1T10:00:00Z",
                          "2026-03-01T10:00:00+01:",
                          "-026-03-01T10:00:00Z",
                          "2026-03-01T10:00:60.250Z",
                          "1772355600000"}) {
    EXPECT_FALSE(parse_iso_time(bad)) << bad;
  }
}

TEST(Time, IsMsSince1970OrIso) {
  EXPECT_EQ(parse_time("1772355600250"), TimeMs{1772355600250});
  EXPECT_EQ(parse_time("-1"), TimeMs{-1});
  EXPECT_EQ(parse_time("2026-03-01T09:00:00.25Z"), TimeMs{1772355600250});
  for (const char* bad : {"", "1772355600.5", "1772355600250 ", "+1", "99999999999999999999", "0x10", "today"}) {
    EXPECT_FALSE(parse_time(bad)) << bad;
  }
}

}  // namespace
}  // namespace limits
