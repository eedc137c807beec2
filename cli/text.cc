#include "cli/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <ctime>
#include <cwchar>
#include <utility>

#include <fmt/format.h>

#include "limits/iso_time.h"

namespace cli {
namespace {

// In ms.
constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kLongest = 1000 * 365 * kDay;

/// The next character of UTF-8 text; a byte that starts none is one invalid character.
struct Character {
  char32_t code = 0;
  std::size_t size = 1;
  bool valid = false;
};

Character next_character(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {.code = lead, .size = 1, .valid = true};
  const std::size_t size = 2U + (lead >= 0xe0 ? 1U : 0U) + (lead >= 0xf0 ? 1U : 0U);
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {.code = lead};
  char32_t code = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {.code = lead};
    code = (code << 6U) | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kSmallestOfSize{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallestOfSize[size] || code > 0x10ffff || surrogate) return {.code = lead};
  return {.code = code, .size = size, .valid = true};
}

/// What a terminal could take for a command, a line break, or an order to write from right to left.
bool acts_on_terminal(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c || code == 0x200e || code == 0x200f ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

std::string group_thousands(std::string_view digits) {
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character c = next_character(text);
    if (!c.valid || (acts_on_terminal(c.code) && c.code < 0x100)) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(c.code));
    } else if (acts_on_terminal(c.code)) {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c.code));
    } else {
      out += text.substr(0, c.size);
    }
    text.remove_prefix(c.size);
  }
  return out;
}

std::string printable_json(std::string_view json) {
  constexpr char32_t kReplacement = 0xfffd;
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const Character c = next_character(json);
    if (c.valid && (c.code == '\n' || !acts_on_terminal(c.code))) {
      out += json.substr(0, c.size);
    } else {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c.valid ? c.code : kReplacement));
    }
    json.remove_prefix(c.size);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character c = next_character(text);
    const int columns = c.valid ? wcwidth(static_cast<wchar_t>(c.code)) : 1;
    width += columns < 0 ? 1 : static_cast<std::size_t>(columns);
    text.remove_prefix(c.size);
  }
  return width;
}

std::string utc(std::int64_t ms) {
  const std::time_t seconds = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
  std::tm parts{};
  gmtime_r(&seconds, &parts);  // cannot fail: the year of every such number fits in an int
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", parts.tm_year + 1900LL, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string utc(const std::optional<std::int64_t>& ms) {
  return ms ? utc(*ms) : "-";
}

std::string money(std::string_view decimal, std::string_view currency) {
  const std::size_t sign = decimal.starts_with('-') ? 1 : 0;
  const std::string_view whole = decimal.substr(sign, decimal.find('.') - sign);
  const bool digits = std::ranges::all_of(whole, [](unsigned char c) { return std::isdigit(c) != 0; });
  std::string text(decimal);
  if (digits) text.replace(sign, whole.size(), group_thousands(whole));
  if (!currency.empty()) (text += ' ') += currency;
  return text;
}

std::string count(std::int64_t number) {
  return money(std::to_string(number), "");
}

std::string counted(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", count(number), noun, number == 1 ? "" : "s");
}

std::string bytes(std::int64_t number) {
  constexpr std::array<std::string_view, 4> kUnits{"kB", "MB", "GB", "TB"};
  if (number < 1000) return std::to_string(number) + " B";
  double scaled = static_cast<double>(number) / 1000;
  std::size_t unit = 0;
  while (scaled >= 1000 && unit + 1 < kUnits.size()) {
    scaled /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", scaled, kUnits[unit]);
}

std::optional<std::int64_t> read_duration(std::string_view text) {
  constexpr std::array<std::pair<char, std::int64_t>, 4> kUnits{
      {{'s', kSecond}, {'m', kMinute}, {'h', kHour}, {'d', kDay}}};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || end + 1 != text.data() + text.size()) return std::nullopt;
  const auto unit = std::ranges::find(kUnits, *end, &std::pair<char, std::int64_t>::first);
  if (unit == kUnits.end() || number > kLongest / unit->second) return std::nullopt;
  return number * unit->second;
}

std::optional<limits::TimeMs> read_time(std::string_view text, limits::TimeMs now) {
  constexpr std::string_view kAgo = " ago";
  constexpr std::string_view kUtc = " UTC";
  if (text.ends_with(kAgo)) {
    const auto age = read_duration(text.substr(0, text.size() - kAgo.size()));
    return age ? std::optional(limits::TimeMs{now.value - *age}) : std::nullopt;
  }
  if (text.ends_with(kUtc)) return limits::parse_iso_time(std::string(text.substr(0, text.size() - kUtc.size())) + 'Z');
  return limits::parse_time(text);
}

std::string duration(std::int64_t ms) {
  if (ms < kSecond) return fmt::format("{} ms", ms);
  if (ms < 2 * kMinute) return fmt::format("{:.1f} s", static_cast<double>(ms) / kSecond);
  if (ms < 2 * kHour) return fmt::format("{} min", ms / kMinute);
  if (ms < 2 * kDay) return fmt::format("{} h", ms / kHour);
  return fmt::format("{} days", ms / kDay);
}

}  // namespace cli
