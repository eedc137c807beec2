#include "cli/event_reader.h"

namespace cli {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_trailing_white_space(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
}

}  // namespace

EventReader::EventReader(int descriptor, std::string name, std::size_t longest)
    : input_(descriptor), name_(std::move(name)), longest_(longest) {}

Outcome<std::optional<Element>> EventReader::next() {
  input_.consume(given_);
  given_ = 0;
  if (form_ == Form::kUnknown) find_form();
  auto element = form_ == Form::kLines ? next_line() : next_of_array();
  if (!input_.error().empty()) return failure_at(input_.line(), "cannot be read: " + input_.error());
  return element;
}

std::unexpected<Failure> EventReader::failure_at(std::int64_t line, std::string_view what) const {
  return fail(ExitCode::kFailed, name_ + ", line " + std::to_string(line) + ": " + std::string(what));
}

std::unexpected<Failure> EventReader::cut_short() const {
  return failure_at(input_.line(),
                    "the input ends inside of the array that starts in line " + std::to_string(array_line_));
}

std::unexpected<Failure> EventReader::too_long() const {
  return failure_at(input_.line(), "an event of more than " + std::to_string(longest_) + " bytes, the most that fits");
}

Element EventReader::give(std::size_t size, std::size_t consumed_with_it) {
  given_ = consumed_with_it;
  return {.bytes = input_.unread().substr(0, size), .line = input_.line()};
}

void EventReader::find_form() {
  while (input_.unread().size() < kByteOrderMark.size() && input_.read_more()) continue;
  if (input_.unread().starts_with(kByteOrderMark)) input_.consume(kByteOrderMark.size());
  // Only blank lines may be consumed here: the spaces before the first element of JSON Lines belong to it.
  std::size_t at = 0;
  while (true) {
    at = input_.unread().find_first_not_of(kWhiteSpace, at);
    if (at != std::string_view::npos) break;
    at = input_.unread().size();
    if (!input_.read_more()) break;
  }
  const std::string_view unread = input_.unread();
  const bool is_array = at < unread.size() && unread[at] == '[';
  if (is_array) {
    input_.consume(at + 1);
    array_line_ = input_.line();
  }
  form_ = is_array ? Form::kArrayStart : Form::kLines;
}

Outcome<std::optional<Element>> EventReader::next_line() {
  while (true) {
    std::size_t searched = 0;
    std::size_t end = std::string_view::npos;
    while ((end = input_.unread().find('\n', searched)) == std::string_view::npos) {
      searched = input_.unread().size();
      if (searched > longest_) return too_long();
      if (!input_.read_more()) break;
    }
    const bool is_last = end == std::string_view::npos;
    std::string_view line = input_.unread().substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > longest_) return too_long();
    const std::size_t with_line_end = is_last ? input_.unread().size() : end + 1;
    if (line.find_first_not_of(kWhiteSpace) != std::string_view::npos) return give(line.size(), with_line_end);
    input_.consume(with_line_end);
    if (is_last) return std::nullopt;
  }
}

std::optional<char> EventReader::skip_white_space() {
  while (true) {
    const std::size_t at = input_.unread().find_first_not_of(kWhiteSpace);
    if (at != std::string_view::npos) {
      input_.consume(at);
      return input_.unread().front();
    }
    input_.consume(input_.unread().size());
    if (!input_.read_more()) return std::nullopt;
  }
}

Outcome<std::optional<Element>> EventReader::next_of_array() {
  const auto first = skip_white_space();
  if (form_ == Form::kArrayEnded) {
    if (first)
      return failure_at(input_.line(),
                        "something follows the array that starts in line " + std::to_string(array_line_));
    return std::nullopt;
  }
  if (!first) return cut_short();
  if (*first == ']') {
    input_.consume(1);
    form_ = Form::kArrayEnded;
    return next_of_array();
  }
  if (form_ == Form::kArray) {
    if (*first != ',') return failure_at(input_.line(), "expected a comma or the end of the array");
    input_.consume(1);
    if (!skip_white_space()) return cut_short();
  }
  form_ = Form::kArray;
  const auto size = measure_element();
  if (!size) return std::unexpected(size.error());
  if (*size == 0) return failure_at(input_.line(), "expected an event, found a comma or the end of the array");
  return give(*size, *size);
}

Outcome<std::size_t> EventReader::measure_element() {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0;; ++i) {
    if (i == input_.unread().size()) {
      if (i > longest_) return too_long();
      if (!input_.read_more()) return cut_short();
    }
    const char c = input_.unread()[i];
    if (in_string) {
      if (c == '\\') {
        ++i;  // whatever it is, it does not end the string
        if (i == input_.unread().size() && !input_.read_more()) return cut_short();
      } else {
        in_string = c != '"';
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (depth > 0 && (c == '}' || c == ']')) {
      --depth;
    } else if (depth == 0 && (c == ',' || c == ']')) {
      const std::size_t size = without_trailing_white_space(input_.unread().substr(0, i)).size();
      if (size > longest_) return too_long();
      return size;
    }
  }
}

}  // namespace cli
