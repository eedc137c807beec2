#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aws {

void append_base64(std::string& to, std::string_view data);
/// Nothing if the text is not base64.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace aws
