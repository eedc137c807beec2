#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace limits {

/// One JSON object on one line, its members in the order in which they are added.
class JsonObject {
 public:
  /// Text stands as it is: what is not UTF-8 makes JSON that is not either.
  JsonObject& add(std::string_view key, std::string_view text);
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
  /// Adds the key; the value is the caller's to append.
  std::string& member(std::string_view key);

  std::string text_ = "{";
};

}  // namespace limits
