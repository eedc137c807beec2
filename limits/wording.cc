#include "limits/wording.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

#include "limits/json_text.h"

namespace limits {
namespace {

constexpr std::size_t kLongest = 48;
constexpr std::size_t kMostListed = 24;

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// DEL and U+0080 to U+009F are control characters too, though JSON lets them stand.
void append_without_controls(std::string& out, std::string_view json) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto escape = [&](unsigned char c) { out.append("\\u00").append(1, kHex[c >> 4]).append(1, kHex[c & 15]); };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto c = static_cast<unsigned char>(json[i]);
    if (c == 0x7F) {
      escape(c);
    } else if (c == 0xC2 && i + 1 < json.size() && static_cast<unsigned char>(json[i + 1]) < 0xA0) {
      escape(static_cast<unsigned char>(json[++i]));
    } else {
      out += json[i];
    }
  }
}

/// Levenshtein's distance, blind to case.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string in_quotes(std::string_view text) {
  std::string_view shown = text.substr(0, kLongest);
  if (shown.size() < text.size()) {
    while (!shown.empty() && continues_character(text[shown.size()])) shown.remove_suffix(1);
  }
  std::string json;
  append_json_string(json, shown);
  if (shown.size() < text.size()) json.insert(json.size() - 1, "…");
  std::string out;
  append_without_controls(out, json);
  return out;
}

std::string shown(std::string_view text) {
  const std::string quoted = in_quotes(text);
  return quoted.substr(1, quoted.size() - 2);
}

std::string one_of(std::span<const std::string_view> words) {
  std::string out = "one of";
  for (const std::string_view word : words.first(std::min(kMostListed, words.size()))) {
    out.append(" ").append(shown(word)).append(",");
  }
  if (words.size() > kMostListed) return out += " …";
  out.pop_back();
  return out;
}

std::optional<std::string_view> nearest_word(std::string_view written, std::span<const std::string_view> words) {
  if (written.size() > kLongest) return std::nullopt;
  const auto far = [&](std::string_view word) { return distance(written, word); };
  const auto nearest = std::ranges::min_element(words, {}, far);
  if (nearest == words.end() || far(*nearest) > std::max<std::size_t>(2, nearest->size() / 3)) return std::nullopt;
  return *nearest;
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> words) {
  const auto meant = nearest_word(written, words);
  return meant ? "; did you mean " + in_quotes(*meant) + "?" : "";
}

}  // namespace limits
