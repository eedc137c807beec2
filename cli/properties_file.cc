#include "cli/properties_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <optional>
#include <ranges>
#include <system_error>

#include "cli/daemon_keys.h"

namespace cli {
namespace {

constexpr std::string_view kWhiteSpace = " \t\f";

/// Whether its last character is a backslash that no other escapes.
bool goes_on(std::string_view line) {
  const std::size_t last = line.find_last_not_of('\\');
  return (line.size() - (last == line.npos ? 0 : last + 1)) % 2 == 1;
}

std::string_view without_leading_space(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
}

void append_utf8(std::string& to, unsigned code) {
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    to += static_cast<char>(0xc0U | (code >> 6U));
    to += static_cast<char>(0x80U | (code & 0x3fU));
  } else {
    to += static_cast<char>(0xe0U | (code >> 12U));
    to += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
    to += static_cast<char>(0x80U | (code & 0x3fU));
  }
}

/// The text that is meant; nothing if Java refuses it.
std::optional<std::string> unescaped(std::string_view text) {
  std::string meant;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      if (text[i] != '\\') meant += text[i];
      continue;
    }
    const char escape = text[++i];
    constexpr std::string_view kNames = "tnrf";
    constexpr std::string_view kMeanings = "\t\n\r\f";
    if (escape == 'u') {
      unsigned code = 0;
      const char* digits = text.data() + i + 1;
      const char* end = text.data() + std::min(i + 5, text.size());
      if (end - digits != 4 || std::from_chars(digits, end, code, 16).ptr != end) return std::nullopt;
      append_utf8(meant, code);
      i += 4;
    } else if (const std::size_t name = kNames.find(escape); name != kNames.npos) {
      meant += kMeanings[name];
    } else {
      meant += escape;
    }
  }
  return meant;
}

/// Where the key ends: before the first '=', ':' or white space that is not escaped.
std::size_t end_of_key(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '=' || line[i] == ':' || kWhiteSpace.contains(line[i])) {
      return i;
    }
  }
  return line.size();
}

std::optional<Property> parse(std::string_view line, std::int64_t number) {
  const std::size_t end = end_of_key(line);
  std::string_view value = without_leading_space(line.substr(end));
  if (value.starts_with('=') || value.starts_with(':')) value = without_leading_space(value.substr(1));
  auto key = unescaped(line.substr(0, end));
  auto meant = unescaped(value);
  if (!key || !meant) return std::nullopt;
  meant->erase(meant->find_last_not_of(kWhiteSpace) + 1);
  return Property{.key = *std::move(key), .value = *std::move(meant), .line = number};
}

}  // namespace

Outcome<PropertiesFile> PropertiesFile::read(const std::string& path) {
  std::ifstream file(path);
  PropertiesFile read;
  read.path_ = path;
  std::string line;
  for (std::int64_t number = 1; std::getline(file, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    const std::int64_t start = number;
    line = without_leading_space(line);
    if (line.empty() || line.starts_with('#') || line.starts_with('!')) continue;
    for (std::string more; goes_on(line) && std::getline(file, more); ++number) {
      if (more.ends_with('\r')) more.pop_back();
      line.pop_back();
      line += without_leading_space(more);
    }
    auto property = parse(line, start);
    if (!property) {
      return fail(ExitCode::kFailed, path + ':' + std::to_string(start) +
                                         ": \\u wants four hexadecimal digits; the daemon does not start on this file");
    }
    read.properties_.push_back(*std::move(property));
  }
  if (!file.eof()) return fail(ExitCode::kFailed, path + ": cannot be read: " + std::generic_category().message(errno));
  return read;
}

const Property* PropertiesFile::find(std::string_view key) const {
  const auto backwards = std::views::reverse(properties_);
  const auto found =
      std::ranges::find(backwards, key, [](const Property& property) { return daemon_key(property.key); });
  return found == backwards.end() ? nullptr : &*found;
}

}  // namespace cli
