// Rules files, and behind a NUL an event. What is accepted has to route by type as a walk through the list from its
// beginning does; and what the event's rule builds of it has to be a change, or a fault that is fit to show.
#include "limits/rules.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "limits/handlers.h"
#include "limits/json_place.h"
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

/// The way of a record through `processor`, up to the change.
void take_through(const Rules& rules, std::string_view event_text) {
  std::string padded(event_text);
  padded.resize(padded.size() + limits::Decoder::kPadding);
  const std::string_view json = std::string_view(padded).substr(0, event_text.size());
  // As a child has them: from record to record.
  static limits::Arena arena;
  static limits::Decoder decoder;
  static limits::Document document;
  arena.clear();
  const auto event = decoder.decode(json, arena);
  if (!event || document.read(json, arena)) return;
  const limits::Candidates& candidates = rules.candidates((*event)->type);
  const Route* route = rules.route(candidates, (*event)->type, document);
  if (route == nullptr) route = &rules.route(candidates);
  if (!(*event)->type.empty()) {
    fuzz::require(rules.account_for((*event)->type, document).route == route, "a walk through the list ends there too");
  }
  if (route->action != Route::Action::kHandle) return;
  limits::Checked<limits::Event> made = **event;
  if (route->transform) made = route->transform->apply(**event, document, arena);
  if (!made) return fuzz::require_fit_to_show(made.error().what);
  const auto change = limits::decide(*made, *route->handler, arena);
  if (!change) return fuzz::require_fit_to_show(change.error().what);
  fuzz::require(!change->key.user_limit_id.empty() && !change->stamp.event_id.empty(),
                "a change of a limit by an event");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::WithinASecond watch;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  const std::string_view text = input.substr(0, end);
  const auto rules = Rules::parse(text, "rules.json");
  if (!rules) {
    fuzz::require_fit_to_show(rules.error().what);
    const auto place = limits::place_in_json(text, rules.error().pointer);
    fuzz::require(!place || place->offset + place->size <= text.size(), "a place within the text");
    fuzz::require(rules.error().offset.value_or(0) <= text.size(), "an end of JSON within the text");
    return 0;
  }
  if (end != input.npos) take_through(*rules, input.substr(end + 1));
  const json file = json::parse(text, nullptr, true, /*ignore_comments=*/true);
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
