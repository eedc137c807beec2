#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace limits {

/// `text` in double quotes for a message to people: cut after some 48 bytes, and with nothing in it that a terminal
/// would act upon (control characters come as JSON escapes).
[[nodiscard]] std::string in_quotes(std::string_view text);
/// The same without the quotes.
[[nodiscard]] std::string shown(std::string_view text);

/// "one of ACTIVE, CANCELED, FUTURE", each as `shown`; "…" in place of those after some 24.
[[nodiscard]] std::string one_of(std::span<const std::string_view> words);

/// The word that is near enough to be what was meant.
[[nodiscard]] std::optional<std::string_view> nearest_word(std::string_view written,
                                                           std::span<const std::string_view> words);

/// `; did you mean "MONTH"?` if one of the words is near to what was written, else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view written, std::span<const std::string_view> words);

}  // namespace limits
