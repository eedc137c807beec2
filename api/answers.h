#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/http.h"

namespace api {

/// The page that clients read, docs/api.md as it was when this was built.
extern const std::string_view kDocument;

/// A JSON array with one element per line.
[[nodiscard]] std::string json_array(std::span<const std::string> elements);

/// 200 with that JSON text. Clients may keep it if they ask each time whether it still holds.
[[nodiscard]] Response json_answer(std::string json);

}  // namespace api
