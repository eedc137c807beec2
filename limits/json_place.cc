#include "limits/json_place.h"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "limits/document.h"

namespace limits {
namespace {

/// Steps over a text from token to token. Beyond what is JSON it says npos.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// The first byte at or after `at` that is neither space nor comment.
  [[nodiscard]] std::size_t next(std::size_t at) const {
    while (at < text_.size()) {
      if (std::string_view(" \t\r\n").contains(text_[at])) {
        ++at;
      } else if (text_.substr(at).starts_with("//")) {
        at = text_.find('\n', at);
      } else if (text_.substr(at).starts_with("/*")) {
        at = text_.find("*/", at + 2);
        if (at != text_.npos) at += 2;
      } else {
        return at;
      }
    }
    return text_.npos;
  }

  [[nodiscard]] char byte(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }

  /// What follows the value that begins there, whatever its depth.
  [[nodiscard]] std::size_t end_of(std::size_t at) const {
    std::size_t depth = 0;
    do {
      at = next(at);
      const char first = byte(at);
      if (first == '"') {
        at = end_of_string(at);
      } else if (first == '{' || first == '[') {
        ++depth;
        ++at;
      } else if (first == '}' || first == ']') {
        if (depth == 0) return text_.npos;
        --depth;
        ++at;
      } else if (first == ',' || first == ':') {
        ++at;
      } else {
        at = at < text_.size() ? text_.find_first_of(" \t\r\n,:]}/", at + 1) : text_.npos;
      }
    } while (depth > 0 && at < text_.size());
    return at;
  }

  [[nodiscard]] std::string string_at(std::size_t at, std::size_t end) const {
    const auto value = nlohmann::json::parse(text_.substr(at, end - at), nullptr, /*allow_exceptions=*/false);
    return value.is_string() ? value.get<std::string>() : std::string();
  }

 private:
  [[nodiscard]] std::size_t end_of_string(std::size_t at) const {
    for (++at; at < text_.size() && text_[at] != '"'; ++at) {
      if (text_[at] == '\\') ++at;
    }
    return at < text_.size() ? at + 1 : text_.npos;
  }

  std::string_view text_;
};

/// A value, and where the name before it begins, or the value itself.
struct Found {
  std::size_t start = 0;
  std::size_t value = 0;
};

std::optional<Found> child(const Scanner& scanner, std::size_t container, const Pointer::Step& step) {
  const bool is_object = scanner.byte(container) == '{';
  if (!is_object && scanner.byte(container) != '[') return std::nullopt;
  std::optional<Found> found;
  std::uint32_t index = 0;
  for (std::size_t at = scanner.next(container + 1); scanner.byte(at) != '\0'; at = scanner.next(at + 1), ++index) {
    if (scanner.byte(at) == '}' || scanner.byte(at) == ']') return found;
    Found each{.start = at, .value = at};
    bool is_it = step.index == index;
    if (is_object) {
      const std::size_t end = scanner.end_of(at);
      is_it = scanner.string_at(at, end) == step.key;
      const std::size_t colon = scanner.next(end);
      if (scanner.byte(colon) != ':') return found;
      each.value = scanner.next(colon + 1);
    }
    if (is_it) found = each;
    at = scanner.next(scanner.end_of(each.value));
    if (scanner.byte(at) != ',') return found;
  }
  return found;
}

}  // namespace

std::optional<JsonPlace> place_in_json(std::string_view text, std::string_view pointer) {
  const auto path = Pointer::parse(pointer);
  if (!path) return std::nullopt;
  const Scanner scanner(text);
  Found place{.start = scanner.next(0), .value = scanner.next(0)};
  for (const Pointer::Step& step : path->steps()) {
    const auto found = child(scanner, place.value, step);
    if (!found) return std::nullopt;
    place = *found;
  }
  if (place.value >= text.size()) return std::nullopt;
  const std::size_t end = std::min(scanner.end_of(place.value), text.size());
  return JsonPlace{.offset = place.start, .size = end - place.start};
}

}  // namespace limits
