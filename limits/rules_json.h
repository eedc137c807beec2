#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace limits::rules_json {

using nlohmann::json;

/// Why the file is refused: place and reason. Thrown by all that reads the file, and caught in Rules::parse.
struct Refusal {
  std::string what;
  std::string pointer;
  std::optional<std::size_t> offset = {};  ///< instead of a pointer: where the text stops being JSON
};

[[noreturn]] void refuse(const std::string& place, const std::string& reason);

/// The file as JSON with comments. Refuses a key that comes twice, deep nesting and what is no JSON.
[[nodiscard]] json parse(std::string_view text);

/// The place of a member, as a JSON Pointer.
[[nodiscard]] std::string member(const std::string& place, std::string_view name);
[[nodiscard]] std::string element(const std::string& place, std::size_t index);

/// Refuses unless `value` is an object with all of the required members and none but these.
void expect_members(const json& value, const std::string& place, std::initializer_list<std::string_view> required,
                    std::initializer_list<std::string_view> optional = {});
[[nodiscard]] const json* find(const json& object, std::string_view name);
[[nodiscard]] const std::string& text_at(const json& value, const std::string& place);
/// A non-empty array.
[[nodiscard]] const json& list_at(const json& value, const std::string& place);

}  // namespace limits::rules_json
