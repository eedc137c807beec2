#include "limits/rules.h"

#include <algorithm>
#include <initializer_list>
#include <set>

#include <nlohmann/json.hpp>

#include "limits/sha256.h"
#include "limits/wording.h"

namespace limits {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTypes = 1024;
constexpr std::size_t kLongestType = 128;
constexpr std::string_view kIgnore = "ignore";
constexpr std::string_view kDeadLetter = "dead_letter";

/// Why the file is refused: place and reason. Caught in Rules::parse.
struct Refusal {
  std::string what;
};

[[noreturn]] void refuse(const std::string& place, const std::string& reason) {
  throw Refusal{(place.empty() ? "/" : shown(place)) + ": " + reason};
}

/// Follows the parser to refuse what its result no longer shows (keys that come twice), and depth, which would cost
/// stack when the result is destroyed.
class Strictness {
 public:
  bool operator()(int, json::parse_event_t event, json& parsed) {
    using enum json::parse_event_t;
    switch (event) {
      case object_start:
      case array_start:
        if (open_.size() == kMaxDepth) refuse(place(), "nested deeper than " + std::to_string(kMaxDepth) + " levels");
        open_.push_back({event == array_start, 0, {}, {}});
        break;
      case key:
        open_.back().key = parsed.get<std::string>();
        if (!open_.back().keys.insert(open_.back().key).second) refuse(place(), "stands here for the second time");
        break;
      case object_end:
      case array_end:
        open_.pop_back();
        next_element();
        break;
      case value:
        next_element();
        break;
    }
    return true;
  }

 private:
  static constexpr std::size_t kMaxDepth = 16;

  struct Container {
    bool is_array;
    std::size_t index;
    std::string key;
    std::set<std::string> keys;
  };

  void next_element() {
    if (!open_.empty()) ++open_.back().index;
  }

  [[nodiscard]] std::string place() const {
    json::json_pointer pointer;
    for (const Container& container : open_) {
      if (container.is_array) {
        pointer.push_back(std::to_string(container.index));
      } else {
        pointer.push_back(container.key);
      }
    }
    return pointer.to_string();
  }

  std::vector<Container> open_;
};

json parse_json(std::string_view text) {
  try {
    return json::parse(text, Strictness());
  } catch (const json::parse_error& error) {
    // Without what it quotes of the file: that is of any length, and a terminal may act upon it.
    std::string_view what = error.what();
    what = what.substr(0, what.find("; last read: "));
    throw Refusal{std::string(what.substr(std::min(what.find("line "), what.size())))};
  } catch (const json::out_of_range&) {
    refuse("", "a number beyond any that rules may have");
  }
}

/// Refuses unless `value` is an object with exactly these members.
void expect_members(const json& value, const std::string& place, std::initializer_list<std::string_view> names) {
  if (!value.is_object()) refuse(place, std::string("expected an object, found ") + value.type_name());
  for (const auto& [name, member] : value.items()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    refuse(place + '/' + name, "no such key here; there may be " + one_of(names) + did_you_mean(name, names));
  }
  for (const std::string_view name : names) {
    if (!value.contains(name)) refuse(place, "the key \"" + std::string(name) + "\" is missing");
  }
}

const std::string& text_at(const json& value, const std::string& place) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    refuse(place,
           std::string("expected a non-empty string, found ") + (value.is_string() ? "\"\"" : value.type_name()));
  }
  return value.get_ref<const std::string&>();
}

Route route_at(const json& value, const std::string& place) {
  const std::string& name = text_at(value, place);
  if (name == kIgnore) return {Route::Action::kIgnore};
  if (name == kDeadLetter) return {Route::Action::kDeadLetter};
  if (const Handler* handler = find_handler(name)) return {Route::Action::kHandle, handler};
  std::vector<std::string_view> names;
  for (const Handler* handler : handlers()) names.push_back(handler->name);
  names.insert(names.end(), {kIgnore, kDeadLetter});
  refuse(place, "no handler " + in_quotes(name) + "; there are " + one_of(names) + did_you_mean(name, names));
}

const std::string& type_at(const json& value, const std::string& place) {
  const std::string& type = text_at(value, place);
  if (type.find('*') < type.size() - 1) refuse(place, "\"*\" may only stand at the end, found " + in_quotes(type));
  return type;
}

}  // namespace

std::expected<Rules, std::string> Rules::parse(std::string_view text, std::string_view source) {
  Rules rules;
  try {
    const json file = parse_json(text);
    expect_members(file, "", {"rules", "default"});
    const json& list = file["rules"];
    if (!list.is_array()) refuse("/rules", std::string("expected an array, found ") + list.type_name());
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string place = "/rules/" + std::to_string(i);
      expect_members(list[i], place, {"match", "handler"});
      expect_members(list[i]["match"], place + "/match", {"type"});
      rules.add(type_at(list[i]["match"]["type"], place + "/match/type"),
                route_at(list[i]["handler"], place + "/handler"));
    }
    rules.default_ = route_at(file["default"], "/default");
  } catch (const Refusal& refusal) {
    return std::unexpected(std::string(source) + ": " + refusal.what);
  }
  Sha256 hash;
  hash.add(text);
  rules.version_ = to_hex(hash.finish());
  return rules;
}

void Rules::add(std::string_view type, const Route& route) {
  if (type.ends_with('*')) {
    prefixes_.push_back({std::string(type.substr(0, type.size() - 1)), route});
    return;
  }
  // Prefix rules that stand before this one win.
  const auto earlier =
      std::ranges::find_if(prefixes_, [&](const Prefix& prefix) { return type.starts_with(prefix.text); });
  by_type_.try_emplace(std::string(type), earlier == prefixes_.end() ? route : earlier->route);
}

const Route& Rules::route(std::string_view event_type) const {
  const auto known = by_type_.find(event_type);
  if (known != by_type_.end()) return known->second;
  const Route& found = search(event_type);
  if (by_type_.size() < kMostTypes && event_type.size() <= kLongestType) by_type_.emplace(event_type, found);
  return found;
}

const Route& Rules::search(std::string_view event_type) const {
  for (const Prefix& prefix : prefixes_) {
    if (event_type.starts_with(prefix.text)) return prefix.route;
  }
  return default_;
}

}  // namespace limits
