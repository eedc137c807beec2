#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace limits {

struct JsonPlace {
  std::size_t offset = 0;
  std::size_t size = 0;
};

/// The bytes of the value at that JSON Pointer in a text that may have comments, from the name before it on if it has
/// one; of a name that comes twice, the last. Nothing if there is no such value, or the text is no JSON before it.
[[nodiscard]] std::optional<JsonPlace> place_in_json(std::string_view text, std::string_view pointer);

}  // namespace limits
