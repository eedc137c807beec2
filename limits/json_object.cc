#include "limits/json_object.h"

#include "limits/json_text.h"

namespace limits {

JsonObject& JsonObject::add(std::string_view key, std::string_view text) {
  append_json_string(member(key), text);
  return *this;
}

JsonObject& JsonObject::raw(std::string_view key, std::string_view json) {
  member(key) += json;
  return *this;
}

std::string& JsonObject::member(std::string_view key) {
  if (text_.size() > 1) text_ += ',';
  append_json_string(text_, key);
  return text_ += ':';
}

}  // namespace limits
