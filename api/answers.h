#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/http.h"

namespace api {

/// What describes the API, as it was when this was built: docs/api.md, and openapi.yaml.
extern const std::string_view kGuide;
extern const std::string_view kOpenApi;

/// A JSON array with one element per line.
[[nodiscard]] std::string json_array(std::span<const std::string> elements);

/// 200 with that JSON text. Clients may keep it if they ask each time whether it still holds.
[[nodiscard]] Response json_answer(std::string json);

/// 200 with a text that is a part of the program.
[[nodiscard]] Response file_answer(std::string_view text, std::string_view type);

}  // namespace api
