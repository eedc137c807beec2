#include "limits/rules.h"

#include <algorithm>
#include <map>

#include "limits/condition_reader.h"
#include "limits/rules_json.h"
#include "limits/sha256.h"
#include "limits/transform_reader.h"
#include "limits/wording.h"

namespace limits {
namespace {

using rules_json::element;
using rules_json::json;
using rules_json::member;
using rules_json::refuse;

constexpr std::size_t kMostTypes = 1024;
constexpr std::size_t kLongestType = 128;
/// What one event may cost: the conditions that may have to be tried for it.
constexpr std::size_t kMostConditional = 256;
constexpr std::string_view kIgnore = "ignore";
constexpr std::string_view kDeadLetter = "dead_letter";

Route route_at(const json& value, const std::string& place) {
  const std::string& name = rules_json::text_at(value, place);
  if (name == kIgnore) return {Route::Action::kIgnore};
  if (name == kDeadLetter) return {Route::Action::kDeadLetter};
  if (const Handler* handler = find_handler(name)) return {Route::Action::kHandle, handler};
  std::vector<std::string_view> names;
  for (const Handler* handler : handlers()) names.push_back(handler->name);
  names.insert(names.end(), {kIgnore, kDeadLetter});
  refuse(place, "no handler " + in_quotes(name) + "; there are " + one_of(names) + did_you_mean(name, names));
}

Route rule_route(const json& rule, const std::string& place) {
  Route route = route_at(rule["handler"], member(place, "handler"));
  const json* const transform = rules_json::find(rule, "transform");
  if (!transform) return route;
  const std::string inside = member(place, "transform");
  if (!route.handler) refuse(inside, "builds an event for a handler, and this rule has none");
  route.transform = std::make_shared<const Transform>(read_transform(*transform, *route.handler, inside));
  return route;
}

std::string place_of(std::size_t rule) {
  return element("/rules", rule);
}

}  // namespace

/// Reads the file into rules, and then sorts them by the types that they ask for.
class Rules::Reader {
 public:
  explicit Reader(Rules& rules) : rules_(rules) {}

  void read(const json& file);

 private:
  void read_rule(const json& rule, std::uint32_t index);
  void index_types();
  /// Of the types that begin so, or of the one that is so: what may decide about them. Refuses too many.
  [[nodiscard]] Candidates checked(const TypePattern&) const;
  /// Takes out those that stand behind a rule that takes all of their events.
  void drop_idle(std::vector<std::uint32_t>& rules, const Candidates&);
  void warn(std::uint32_t rule, std::uint32_t earlier, std::string_view why);

  Rules& rules_;
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> by_exact_;
  std::map<json, std::uint32_t> first_with_;  ///< rules by their `match`
  std::map<std::uint32_t, std::string> warnings_;
};

void Rules::Reader::read(const json& file) {
  rules_json::expect_members(file, "", {"rules", "default"}, {"$schema"});
  const json& list = file["rules"];
  if (!list.is_array()) refuse("/rules", std::string("expected an array, found ") + list.type_name());
  for (std::size_t i = 0; i < list.size(); ++i) read_rule(list[i], static_cast<std::uint32_t>(i));
  rules_.rules_.push_back({.type = {}, .condition = {}, .route = route_at(file["default"], "/default")});
  index_types();
  for (auto& [rule, warning] : warnings_) {
    rules_.warnings_.push_back({.what = std::move(warning), .pointer = place_of(rule)});
  }
}

void Rules::Reader::read_rule(const json& rule, std::uint32_t index) {
  const std::string place = place_of(index);
  rules_json::expect_members(rule, place, {"match", "handler"}, {"transform"});
  Match match = read_match(rule["match"], member(place, "match"));
  const auto [first, is_new] = first_with_.try_emplace(rule["match"], index);
  if (!is_new) warn(index, first->second, "asks for the same");
  auto& same = match.type.is_prefix ? rules_.by_prefix_[match.type.text] : by_exact_[match.type.text];
  same.push_back(index);
  rules_.rules_.push_back(
      {.type = std::move(match.type), .condition = std::move(match.condition), .route = rule_route(rule, place)});
}

void Rules::Reader::index_types() {
  // Short prefixes first: what they leave idle is out of the way of the longer ones.
  std::map<std::size_t, std::vector<std::string_view>> by_length;
  for (const auto& [prefix, rules] : rules_.by_prefix_) by_length[prefix.size()].push_back(prefix);
  for (const auto& [length, prefixes] : by_length) {
    rules_.prefix_lengths_.push_back(length);
    for (const std::string_view prefix : prefixes) {
      drop_idle(rules_.by_prefix_.find(prefix)->second, checked({std::string(prefix), true}));
    }
  }
  for (auto& [type, rules] : by_exact_) {
    Candidates candidates = checked({type, false});
    drop_idle(rules, candidates);
    rules_.by_type_.emplace(type, std::move(candidates));
  }
}

Candidates Rules::Reader::checked(const TypePattern& pattern) const {
  const auto exact = pattern.is_prefix ? by_exact_.end() : by_exact_.find(pattern.text);
  Candidates found = rules_.join(exact == by_exact_.end() ? std::vector<std::uint32_t>() : exact->second, pattern.text);
  if (found.conditional.size() > kMostConditional) {
    refuse(place_of(found.conditional[kMostConditional]),
           "more than " + std::to_string(kMostConditional) + " rules ask for more than a type that may be " +
               in_quotes(pattern.text + (pattern.is_prefix ? "*" : "")) + "; an event would have to try them all");
  }
  return found;
}

void Rules::Reader::drop_idle(std::vector<std::uint32_t>& rules, const Candidates& candidates) {
  std::erase_if(rules, [&](std::uint32_t rule) {
    const bool is_idle = rule > candidates.otherwise;
    if (is_idle) warn(rule, candidates.otherwise, "takes every event of such a type");
    return is_idle;
  });
}

void Rules::Reader::warn(std::uint32_t rule, std::uint32_t earlier, std::string_view why) {
  warnings_.try_emplace(
      rule, place_of(rule) + ": can never match: " + place_of(earlier) + " stands before it and " + std::string(why));
}

std::expected<Rules, RulesFinding> Rules::parse(std::string_view text, std::string_view source) {
  Rules rules;
  try {
    Reader(rules).read(rules_json::parse(text));
  } catch (const rules_json::Refusal& refusal) {
    return std::unexpected(RulesFinding{
        .what = std::string(source) + ": " + refusal.what, .offset = refusal.offset, .pointer = refusal.pointer});
  }
  for (RulesFinding& warning : rules.warnings_) warning.what.insert(0, std::string(source) + ": ");
  Sha256 hash;
  hash.add(text);
  rules.version_ = to_hex(hash.finish());
  return rules;
}

const Candidates& Rules::candidates(std::string_view event_type) const {
  const auto known = by_type_.find(event_type);
  if (known != by_type_.end()) return known->second;
  Candidates found = join({}, event_type);
  if (by_type_.size() < kMostTypes && event_type.size() <= kLongestType) {
    return by_type_.emplace(event_type, std::move(found)).first->second;
  }
  unkept_ = std::move(found);
  return unkept_;
}

const Route* Rules::route(const Candidates& candidates, std::string_view event_type, const Document& document) const {
  for (const std::uint32_t rule : candidates.conditional) {
    if (rules_[rule].condition->holds(event_type, document)) return &rules_[rule].route;
  }
  return nullptr;
}

RoutingAccount Rules::account_for(std::string_view event_type, const Document& document) const {
  RoutingAccount account;
  const std::size_t count = rules_.size() - 1;  // the last one is the default
  for (std::size_t i = 0; i < count && account.route == nullptr; ++i) {
    const Rule& rule = rules_[i];
    // An event without a type goes by those rules alone that ask for more than one.
    const bool asks_for_type = !rule.condition || !rule.type.text.empty();
    if (!rule.type.matches(event_type) || (event_type.empty() && asks_for_type)) {
      account.refusals.push_back(rule.type.why_not(event_type));
    } else if (rule.condition && !rule.condition->holds(event_type, document)) {
      account.refusals.push_back(rule.condition->why_not(event_type, document));
    } else {
      account.route = &rule.route;
    }
  }
  if (account.route != nullptr) return account;
  account.by_default = true;
  account.route = &rules_.back().route;
  return account;
}

Candidates Rules::join(std::vector<std::uint32_t> exact, std::string_view event_type) const {
  std::vector<std::uint32_t> all = std::move(exact);
  for (const std::size_t length : prefix_lengths_) {
    if (length > event_type.size()) break;
    const auto found = by_prefix_.find(event_type.substr(0, length));
    if (found != by_prefix_.end()) all.insert(all.end(), found->second.begin(), found->second.end());
  }
  std::ranges::sort(all);
  const auto decides = [this](std::uint32_t rule) { return !rules_[rule].condition; };
  const auto first = std::ranges::find_if(all, decides);
  const auto otherwise = first == all.end() ? static_cast<std::uint32_t>(rules_.size() - 1) : *first;
  all.erase(first, all.end());
  return {std::move(all), otherwise};
}

}  // namespace limits
