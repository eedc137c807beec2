#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace cli {

/// `text` as a JSON string; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

/// One JSON object on one line, its members in the order in which they are added.
class JsonObject {
 public:
  JsonObject& add(std::string_view key, std::string_view text) { return raw(key, json_string(text)); }
  JsonObject& add(std::string_view key, std::integral auto number) { return raw(key, std::to_string(number)); }
  /// Leaves the member out if there is no value.
  template <class T>
  JsonObject& add(std::string_view key, const std::optional<T>& value) {
    return value ? add(key, *value) : *this;
  }
  /// `json` is any JSON text.
  JsonObject& raw(std::string_view key, std::string_view json);
  [[nodiscard]] std::string str() const { return text_ + '}'; }

 private:
  std::string text_ = "{";
};

}  // namespace cli
