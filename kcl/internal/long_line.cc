#include "kcl/internal/long_line.h"

#include <cstddef>
#include <cstring>
#include <string_view>

namespace kcl::internal {
namespace {

char* after_blanks(char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) ++at;
  return at;
}

/// `at` is a string's opening quote. Null if it is never closed.
char* after_string(char* at, const char* end) {
  const char* const open = at;
  while ((at = static_cast<char*>(std::memchr(at + 1, '"', static_cast<std::size_t>(end - at - 1))))) {
    const char* before = at;
    while (before[-1] == '\\' && before - 1 > open) --before;
    if ((at - before) % 2 == 0) return at + 1;
  }
  return nullptr;
}

/// `at` is the first byte of a value. Null if it has no end.
char* after_value(char* at, const char* end) {
  std::size_t depth = 0;
  while (at < end) {
    switch (*at) {
      case '"':
        at = after_string(at, end);
        if (!at || depth == 0) return at;
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (depth == 0) return at;  // of what is around a number or a word
        if (--depth == 0) return at + 1;
        break;
      case ',':
        if (depth == 0) return at;
        break;
      case '\\':  // As simdjson has it: no string begins with the quote behind it, although this is in none.
        if (at + 1 < end && (at[1] == '"' || at[1] == '\\')) ++at;
        break;
      default:
        break;
    }
    ++at;
  }
  return depth == 0 ? at : nullptr;
}

}  // namespace

std::optional<std::span<char>> find_records(std::span<char> line) {
  char* const end = line.data() + line.size();
  std::optional<std::span<char>> records;
  char* at = after_blanks(line.data(), end);
  if (at == end || *at != '{') return std::nullopt;
  while (at < end && *at != '}') {
    char* const name = after_blanks(at + 1, end);
    if (name == end || *name != '"') return std::nullopt;
    char* const name_end = after_string(name, end);
    if (!name_end) return std::nullopt;
    at = after_blanks(name_end, end);
    if (at == end || *at != ':') return std::nullopt;
    char* const value = after_blanks(at + 1, end);
    char* const value_end = after_value(value, end);
    if (!value_end) return std::nullopt;
    if (std::string_view(name, name_end) == "\"records\"") {
      if (records || value == end || *value != '[') return std::nullopt;
      records = std::span(value + 1, value_end - 1);
    }
    at = after_blanks(value_end, end);
  }
  return records;
}

std::optional<std::span<char>> ArrayCutter::next() {
  if (stuck_) return std::nullopt;
  at_ = after_blanks(at_, end_);
  if (at_ == end_) return std::nullopt;
  if (!first_) {
    stuck_ = *at_ != ',';
    if (stuck_) return std::nullopt;
    at_ = after_blanks(at_ + 1, end_);
  }
  first_ = false;
  char* const element = at_;
  char* const element_end = after_value(element, end_);
  stuck_ = !element_end || element_end == element;
  if (stuck_) return std::nullopt;
  at_ = element_end;
  return std::span(element, element_end);
}

}  // namespace kcl::internal
