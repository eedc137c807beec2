#include "limits/explanation.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <simdjson.h>

#include "limits/decimal.h"
#include "limits/wording.h"

namespace limits {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// The text between two others, or nothing.
std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t start = text.find(before);
  if (start == text.npos) return {};
  const std::string_view rest = text.substr(start + before.size());
  return std::string(rest.substr(0, after.empty() ? rest.npos : rest.find(after)));
}

/// A member of an object, or the object itself if the member is not there.
struct Found {
  std::string_view token;  ///< in the bytes that were searched
  std::string_view object;
  bool is_there = false;
  std::vector<std::string> siblings;
};

/// Looks a path up, "payload.amount", as far as the bytes are JSON. Of a field that comes twice, the second.
class Search {
 public:
  explicit Search(std::string_view json) : json_(json) {}

  std::optional<Found> find(std::string_view path) {
    ondemand::document document;
    ondemand::object root;
    if (parser_.iterate(json_).get(document) != simdjson::SUCCESS) return std::nullopt;
    if (document.get_object().get(root) != simdjson::SUCCESS) return std::nullopt;
    Found found{.token = {}, .object = start_of(json_.data()), .siblings = {}};
    look_into(root, path, found);
    return found;
  }

  [[nodiscard]] std::size_t offset(std::string_view token) const {
    return static_cast<std::size_t>(token.data() - json_.data());
  }

 private:
  /// The brace that opens an object at or after `place`.
  std::string_view start_of(const char* place) const {
    const std::string_view rest(place, static_cast<std::size_t>(json_.data() + json_.size() - place));
    const std::size_t brace = rest.find('{');
    return rest.substr(brace == rest.npos ? rest.size() : brace, 1);
  }

  void look_into(ondemand::object object, std::string_view path, Found& found) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    for (auto member : object) {
      ondemand::field field;
      std::string_view key;
      if (std::move(member).get(field) != simdjson::SUCCESS) return;
      if (field.unescaped_key(/*allow_replacement=*/false).get(key) != simdjson::SUCCESS) return;
      if (key != name) {
        found.siblings.emplace_back(key);
        continue;
      }
      if (dot == path.npos) {
        std::string_view token;
        if (field.value().raw_json().get(token) != simdjson::SUCCESS) token = field.value().raw_json_token();
        found.token = trimmed(token);
        found.is_there = true;
        continue;
      }
      ondemand::object inner;
      const std::string_view token = field.value().raw_json_token();
      if (field.value().get_object().get(inner) != simdjson::SUCCESS) return;
      found.object = start_of(token.data());
      found.siblings.clear();
      look_into(inner, path.substr(dot + 1), found);
      return;
    }
  }

  simdjson::padded_string json_;
  ondemand::parser parser_;
};

/// Digits with a point somewhere: "12.5" has 1 after the point.
struct Number {
  bool negative = false;
  std::string digits;
  int after_point = 0;
};

/// A number as people and other programs write it: "1e3", ".5", "+7", "1,234.50", " 12 ".
std::optional<Number> read_loosely(std::string_view text) {
  constexpr int kFarthest = Decimal::kMaxDigits;
  Number number;
  text = trimmed(text);
  if (text.starts_with('-') || text.starts_with('+')) {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t letter = text.find_first_of("eE");
  int exponent = 0;
  if (letter != text.npos) {
    std::string_view digits = text.substr(letter + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (exponent > kFarthest || exponent < -kFarthest) return std::nullopt;
  }
  bool point = false;
  for (const char c : text.substr(0, letter)) {
    if (c >= '0' && c <= '9') {
      number.digits += c;
      if (point) ++number.after_point;
    } else if (c == '.' && !point) {
      point = true;
    } else if (c != ',' || point) {  // a comma divides thousands
      return std::nullopt;
    }
  }
  if (number.digits.empty() || number.digits.size() > kFarthest) return std::nullopt;
  number.after_point -= exponent;
  return number;
}

std::string as_decimal_text(Number number) {
  if (number.after_point < 0) {
    number.digits.append(static_cast<std::size_t>(-number.after_point), '0');
    number.after_point = 0;
  }
  const auto fraction = static_cast<std::size_t>(number.after_point);
  if (number.digits.size() <= fraction) number.digits.insert(0, fraction + 1 - number.digits.size(), '0');
  if (fraction > 0) number.digits.insert(number.digits.size() - fraction, 1, '.');
  if (number.negative) number.digits.insert(0, 1, '-');
  const auto decimal = Decimal::parse(number.digits);
  return decimal ? decimal->to_string() : std::string();
}

/// The value that was most likely meant, as JSON.
std::string nearest_number(std::string_view token, bool as_text) {
  const bool is_text = token.size() >= 2 && token.starts_with('"');
  const auto number = read_loosely(is_text ? token.substr(1, token.size() - 2) : token);
  if (!number) return {};
  std::string text = as_decimal_text(*number);
  if (text.empty()) return text;
  if (as_text) return in_quotes(text);
  // An integer is meant: only zeros may follow the point.
  const std::size_t point = text.find('.');
  if (point != text.npos && text.find_first_not_of('0', point + 1) != text.npos) return {};
  return text.substr(0, point);
}

std::string nearest(const Found& found, const Fault& fault, std::string_view name, std::string_view expected) {
  if (const std::string word = between(fault.what, "did you mean \"", "\"?"); !word.empty()) return in_quotes(word);
  if (!found.is_there) {
    for (const std::string& sibling : found.siblings) {
      const std::string_view wanted[] = {name};
      if (!did_you_mean(sibling, wanted).empty()) return in_quotes(name) + " in place of " + in_quotes(sibling);
    }
    return {};
  }
  if (fault.reason != Reason::kIllTyped) return {};
  if (expected.starts_with("decimal text")) return nearest_number(found.token, true);
  if (expected.starts_with("an integer") || expected.starts_with("a time")) return nearest_number(found.token, false);
  return {};
}

}  // namespace

std::optional<Explanation> explain(std::string_view raw, const Fault& fault) {
  const std::size_t colon = fault.what.find(": ");
  // What is not base64 was never decoded: its place is in the daemon's line.
  if (colon == std::string::npos || fault.reason == Reason::kBadBase64) return std::nullopt;
  Explanation explanation;
  explanation.place = fault.what.substr(0, colon);
  explanation.expected = between(fault.what, ": expected ", ", found ");
  explanation.found = between(fault.what, ", found ", "; did you mean");

  constexpr std::string_view kByte = "byte ";
  if (explanation.place.starts_with(kByte)) {
    const char* const digits = explanation.place.data() + kByte.size();
    const auto read = std::from_chars(digits, explanation.place.data() + explanation.place.size(), explanation.offset);
    if (read.ec != std::errc() || explanation.offset > raw.size()) return std::nullopt;
    explanation.size = explanation.offset < raw.size() ? 1 : 0;
    return explanation;
  }
  Search search(raw);
  const auto found = search.find(explanation.place);
  if (!found) return std::nullopt;
  const std::string_view token = found->is_there ? found->token : found->object;
  explanation.offset = search.offset(token);
  explanation.size = token.size();
  const std::size_t dot = explanation.place.rfind('.');
  explanation.nearest =
      nearest(*found, fault, std::string_view(explanation.place).substr(dot + 1), explanation.expected);
  return explanation;
}

}  // namespace limits
