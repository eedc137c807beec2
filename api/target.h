#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace api {

/// A request's target, taken apart and decoded. A `%2F` is a part of its segment, not a divider.
struct Target {
  std::vector<std::string> path;  ///< "/user-limits/a%20b" is {"user-limits", "a b"}; "/" is {""}
  std::vector<std::pair<std::string, std::string>> query;

  /// The parameter's value; null if it is not there.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

/// Takes `/path?query` and `http://host/path?query`. What is wrong with it, as a sentence, for anything else: a broken
/// escape, bytes that are no UTF-8 once decoded, a NUL, a parameter that is given twice.
[[nodiscard]] std::expected<Target, std::string> parse_target(std::string_view text);

/// A decimal number, all of the text.
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text);

struct NumberRules {
  std::int64_t usual;  ///< without the parameter
  std::int64_t least;
  std::int64_t most;
};

/// What the parameter says. An error is the sentence for the client.
[[nodiscard]] std::expected<std::int64_t, std::string> read_number(const Target& target, std::string_view name,
                                                                   const NumberRules& rules);

/// For a part of a path or query, or a header: all but letters, digits and `-._~` is escaped.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace api
