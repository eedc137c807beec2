#include "cli/excerpt.h"

#include <algorithm>

#include "cli/text.h"

namespace cli {
namespace {

constexpr std::string_view kCut = "…";
constexpr std::size_t kLeast = 20;

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// The longest start of the text that takes at most so many columns when it is printable, in whole characters.
std::string_view fitting_start(std::string_view text, std::size_t columns) {
  std::string_view start = text.substr(0, columns);
  const auto in_character = [&] { return start.size() < text.size() && continues_character(text[start.size()]); };
  while (!start.empty() && (in_character() || display_width(printable(start)) > columns)) start.remove_suffix(1);
  return start;
}

std::string_view fitting_end(std::string_view text, std::size_t columns) {
  std::string_view end = text.substr(text.size() - std::min(text.size(), columns));
  while (!end.empty() && (continues_character(end.front()) || display_width(printable(end)) > columns)) {
    end.remove_prefix(1);
  }
  return end;
}

}  // namespace

Excerpt excerpt_at(std::string_view text, std::size_t offset, std::size_t size, std::size_t width) {
  width = std::max(width, kLeast) - 2;  // room for what stands where something was cut
  const std::string_view fault = fitting_start(text.substr(offset, size), width / 2);
  const std::size_t room = width - display_width(printable(fault));
  const std::string_view before = fitting_end(text.substr(0, offset), room / 2);
  const std::string_view after =
      fitting_start(text.substr(offset + fault.size()), room - display_width(printable(before)));

  Excerpt excerpt;
  if (before.size() < offset) excerpt.line += kCut;
  excerpt.line += printable(before);
  const std::size_t indent = display_width(excerpt.line);
  excerpt.line += printable(fault) + printable(after);
  if (offset + fault.size() + after.size() < text.size()) excerpt.line += kCut;
  excerpt.carets =
      std::string(indent, ' ') + std::string(std::max<std::size_t>(1, display_width(printable(fault))), '^');
  return excerpt;
}

}  // namespace cli
