#include "api/answers.h"

namespace api {

std::string json_array(std::span<const std::string> elements) {
  std::string array = "[";
  for (const std::string& element : elements) {
    array += array.size() == 1 ? "\n" : ",\n";
    array += element;
  }
  return array += elements.empty() ? "]" : "\n]";
}

Response json_answer(std::string json) {
  Response response{.body = std::move(json += '\n')};
  response.set("Content-Type", "application/json").set("Cache-Control", "private, no-cache");
  return response;
}

Response file_answer(std::string_view text, std::string_view type) {
  Response response{.body = std::string(text)};
  response.set("Content-Type", std::string(type)).set("Cache-Control", "no-cache");
  return response;
}

}  // namespace api
