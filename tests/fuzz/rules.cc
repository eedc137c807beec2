// Rules files. What is accepted has to route by type as a walk through the list from its beginning does.
#include "limits/rules.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "limits/handlers.h"
#include "tests/fuzz/require.h"

namespace {

using limits::Route;
using limits::Rules;
using nlohmann::json;

/// By the type alone: a rule that asks for more is not for this walk.
bool matches(const json& match, std::string_view type) {
  if (match.size() > 1 || !match.contains("type")) return false;
  const std::string_view rule = match["type"].get_ref<const std::string&>();
  return rule.ends_with('*') ? type.starts_with(rule.substr(0, rule.size() - 1)) : type == rule;
}

const std::string& handler_for(const json& file, std::string_view type) {
  for (const json& rule : file["rules"]) {
    if (matches(rule["match"], type)) return rule["handler"].get_ref<const std::string&>();
  }
  return file["default"].get_ref<const std::string&>();
}

std::string_view name_of(const Route& route) {
  switch (route.action) {
    case Route::Action::kIgnore:
      return "ignore";
    case Route::Action::kDeadLetter:
      return "dead_letter";
    case Route::Action::kHandle:
      return route.handler->name;
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::WithinASecond watch;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto rules = Rules::parse(input, "rules.json");
  if (!rules) {
    fuzz::require_fit_to_show(rules.error());
    return 0;
  }
  const json file = json::parse(input, nullptr, true, /*ignore_comments=*/true);
  std::vector<std::string> types{"", "USER_LIMIT_CREATED"};
  for (const json& rule : file["rules"]) {
    const std::string type = rule["match"].value("type", "*");
    types.insert(types.end(), {type, type + "X", type.substr(0, type.size() - 1)});
  }
  for (const std::string& type : types) {
    for (int round = 0; round < 2; ++round) {
      const Route& route = rules->route(rules->candidates(type));
      fuzz::require(name_of(route) == handler_for(file, type), handler_for(file, type) + " for " + type);
    }
  }
  return 0;
}
