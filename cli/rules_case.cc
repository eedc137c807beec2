#include "cli/rules_case.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "cli/json.h"
#include "limits/wording.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::array<std::string_view, 3> kMembers{"about", "event", "expect"};
constexpr std::array<std::string_view, 6> kExpectations{"rule", "handler", "event", "sets", "reason", "what"};

/// A member of the case, as it stands in the text.
struct Member {
  std::string name;
  std::string_view value;
};

/// The members of the text, which is JSON.
std::expected<std::vector<Member>, std::string> members_of(const std::string& text) {
  simdjson::padded_string_view padded(text.data(), text.size(), text.capacity());
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return std::unexpected("is no JSON object");
  }
  std::vector<Member> members;
  for (auto each : object) {
    std::string_view name;
    std::string_view value;
    if (each.unescaped_key(/*allow_replacement=*/false).get(name) != simdjson::SUCCESS ||
        each.value().raw_json().get(value) != simdjson::SUCCESS) {
      return std::unexpected("has text that is no Unicode");
    }
    members.push_back({.name = std::string(name), .value = value.substr(0, value.find_last_not_of(kSpace) + 1)});
  }
  return members;
}

std::string no_such_member(const std::string& pointer, std::string_view name,
                           std::span<const std::string_view> members) {
  return pointer + limits::shown(name) + ": no such member here; there may be " + limits::one_of(members) +
         limits::did_you_mean(name, members);
}

std::string step(std::string_view name) {
  Json::json_pointer pointer;
  pointer.push_back(std::string(name));
  return pointer.to_string();
}

void find_differences(const std::string& pointer, const Json& expected, const Json& found,
                      std::vector<RulesCase::Difference>& differences) {
  if (expected == found) return;
  if (!expected.is_object() || !found.is_object()) {
    differences.push_back({.pointer = pointer, .expected = expected.dump(), .found = found.dump()});
    return;
  }
  for (const auto& [name, value] : expected.items()) {
    const auto other = found.find(name);
    if (other == found.end()) {
      differences.push_back({.pointer = pointer + step(name), .expected = value.dump(), .found = {}});
    } else {
      find_differences(pointer + step(name), value, *other, differences);
    }
  }
  for (const auto& [name, value] : found.items()) {
    if (!expected.contains(name)) {
      differences.push_back({.pointer = pointer + step(name), .expected = {}, .found = value.dump()});
    }
  }
}

/// As a member of an object whose members are indented by two.
std::string as_member(const Json& outcome) {
  std::string text = "\"expect\": ";
  for (const char byte : outcome.dump(2)) {
    text += byte;
    if (byte == '\n') text += "  ";
  }
  return text;
}

}  // namespace

std::expected<RulesCase, std::string> RulesCase::parse(std::string text) {
  Json document;
  try {
    document = Json::parse(text);
  } catch (const Json::exception& error) {
    std::string_view what = error.what();
    what = what.substr(0, what.find("; last read: "));
    return std::unexpected("is no JSON: " + limits::shown(what.substr(what.find("] ") + 2)));
  }
  RulesCase it;
  it.text_ = std::move(text);
  it.text_.reserve(it.text_.size() + simdjson::SIMDJSON_PADDING);
  const auto members = members_of(it.text_);
  if (!members) return std::unexpected(members.error());
  it.expect_.offset = it.text_.find_last_not_of(kSpace, it.text_.rfind('}') - 1) + 1;
  std::set<std::string_view> seen;
  for (const auto& [name, value] : *members) {
    if (std::ranges::find(kMembers, name) == kMembers.end())
      return std::unexpected(no_such_member("/", name, kMembers));
    if (!seen.insert(name).second) return std::unexpected('/' + name + ": stands here for the second time");
    const Place place{.offset = static_cast<std::size_t>(value.data() - it.text_.data()), .size = value.size()};
    if (name == "event") it.event_ = place;
    if (name == "expect") it.expect_ = place;
  }
  if (it.event_.size == 0) return std::unexpected("has no member \"event\": what is to be routed");
  if (it.expect_.size == 0) return it;
  const Json& expect = document["expect"];
  if (!expect.is_object())
    return std::unexpected(std::string("/expect: expected an object, found ") + expect.type_name());
  for (const auto& [name, value] : expect.items()) {
    if (std::ranges::find(kExpectations, name) != kExpectations.end()) continue;
    return std::unexpected(no_such_member("/expect/", name, kExpectations));
  }
  it.asks_for_rule_ = expect.contains("rule");
  return it;
}

std::string RulesCase::outcome_of(const EventAccount& account) const {
  JsonObject outcome;
  if (account.routing.route != nullptr) {
    if (asks_for_rule_) outcome.add("rule", account.rule());
    outcome.add("handler", account.handler());
  }
  if (!account.outcome) {
    outcome.add("reason", to_string(account.outcome.error().reason)).add("what", account.outcome.error().what);
  } else if (const auto& change = *account.outcome) {
    outcome.raw("event", handled_event(*change)).raw("sets", fields_set_by(*change));
  }
  return outcome.str();
}

std::vector<RulesCase::Difference> RulesCase::compare(const EventAccount& account) const {
  const Json found = Json::parse(outcome_of(account));
  if (expect_.size == 0) return {{.pointer = "/expect", .expected = {}, .found = found.dump()}};
  std::vector<Difference> differences;
  find_differences("/expect", Json::parse(std::string_view(text_).substr(expect_.offset, expect_.size)), found,
                   differences);
  return differences;
}

std::string RulesCase::text_expecting(const EventAccount& account) const {
  const std::string member = as_member(Json::parse(outcome_of(account)));
  std::string text = text_;
  if (expect_.size == 0) return text.insert(expect_.offset, ",\n  " + member);
  // The name before the value stays as it is.
  return text.replace(expect_.offset, expect_.size, std::string_view(member).substr(member.find('{')));
}

}  // namespace cli
