#include "api/target.h"

#include <charconv>
#include <optional>

#include <simdjson.h>

#include "limits/wording.h"

namespace api {
namespace {

using Failure = std::unexpected<std::string>;

std::optional<char> decode_escape(std::string_view hex) {
  unsigned char byte = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16);
  if (hex.size() != 2 || error != std::errc() || end != hex.data() + 2) return std::nullopt;
  return static_cast<char>(byte);
}

std::expected<std::string, std::string> decoded(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at];
      continue;
    }
    const auto byte = decode_escape(text.substr(at + 1, 2));
    if (!byte)
      return Failure("\"" + limits::shown(text.substr(at, 3)) + "\" is no escape: expected % and two hex digits");
    plain += *byte;
    at += 2;
  }
  if (plain.contains('\0')) return Failure("a NUL is no part of any id");
  if (!simdjson::validate_utf8(plain))
    return Failure("\"" + limits::shown(text) + "\" is not UTF-8 once it is decoded");
  return plain;
}

/// Calls `take` with each part of `text` between dividers; ends at the first that fails.
template <class Take>
std::expected<void, std::string> each_part(std::string_view text, char divider, const Take& take) {
  for (;;) {
    const std::size_t end = text.find(divider);
    if (auto taken = take(text.substr(0, end)); !taken) return taken;
    if (end == text.npos) return {};
    text.remove_prefix(end + 1);
  }
}

std::expected<void, std::string> add_parameter(Target& target, std::string_view part) {
  if (part.empty()) return {};
  const std::size_t equals = part.find('=');
  auto name = decoded(part.substr(0, equals));
  if (!name) return Failure(name.error());
  auto value = decoded(equals == part.npos ? std::string_view{} : part.substr(equals + 1));
  if (!value) return Failure(value.error());
  if (target.find(*name) != nullptr) return Failure("the parameter " + limits::in_quotes(*name) + " is there twice");
  target.query.emplace_back(std::move(*name), std::move(*value));
  return {};
}

}  // namespace

const std::string* Target::find(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::expected<Target, std::string> parse_target(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with(kScheme)) {  // what a client sends to a proxy, and every server must take
    const std::size_t slash = text.find('/', kScheme.size());
    text = slash == text.npos ? "/" : text.substr(slash);
  }
  if (!text.starts_with('/')) return Failure("expected a path that begins with /");
  const std::size_t question = text.find('?');
  Target target;
  auto taken = each_part(text.substr(1, question == text.npos ? text.npos : question - 1), '/',
                         [&](std::string_view part) -> std::expected<void, std::string> {
                           auto segment = decoded(part);
                           if (!segment) return Failure(segment.error());
                           target.path.push_back(std::move(*segment));
                           return {};
                         });
  if (taken && question != text.npos) {
    taken =
        each_part(text.substr(question + 1), '&', [&](std::string_view part) { return add_parameter(target, part); });
  }
  if (!taken) return Failure(std::move(taken.error()));
  return target;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::expected<std::int64_t, std::string> read_number(const Target& target, std::string_view name,
                                                     const NumberRules& rules) {
  const std::string* written = target.find(name);
  if (written == nullptr) return rules.usual;
  const auto number = parse_number(*written);
  if (number && *number >= rules.least && *number <= rules.most) return *number;
  return Failure(std::string(name) + ": expected a number from " + std::to_string(rules.least) + " to " +
                 std::to_string(rules.most) + ", found " + limits::in_quotes(*written));
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~").contains(c);
    if (is_plain) {
      encoded += c;
    } else {
      ((encoded += '%') += kHex[byte >> 4]) += kHex[byte & 15];
    }
  }
  return encoded;
}

}  // namespace api
