#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "limits/condition.h"
#include "limits/handlers.h"
#include "limits/transform.h"

namespace limits {

struct Route {
  enum class Action { kHandle, kIgnore, kDeadLetter };
  Action action = Action::kDeadLetter;
  const Handler* handler = nullptr;                      ///< set if the action is kHandle
  std::shared_ptr<const Transform> transform = nullptr;  ///< builds what the handler needs, if the rule says so
};

/// The rules that the events of one type may go by.
struct Candidates {
  std::vector<std::uint32_t> conditional;  ///< in the file's order: those that ask for more than the type
  std::uint32_t otherwise;                 ///< the first that does not, or the default

  /// Whether the type alone does not decide.
  [[nodiscard]] bool need_document() const { return !conditional.empty(); }
};

/// Something in a rules file that is no good, or is of no use.
struct RulesFinding {
  std::string what;  ///< `rules.json: /rules/2/handler: no handler "reset_progres"; did you mean …`
  std::optional<std::size_t> offset = {};  ///< set if the text is no JSON: where it stops being that
  std::string pointer = {};                ///< else the JSON Pointer of what is meant, however long
};

/// What a rules file does with an event, told for people.
struct RoutingAccount {
  /// Why not, of each rule before the one that takes it, in the file's order.
  std::vector<std::string> refusals;
  bool by_default = false;  ///< no rule takes it
  const Route* route = nullptr;
};

/// Which event goes where, as a rules file says; its form is in docs/rules.md. The first rule that matches wins.
/// One thread.
class Rules {
 public:
  /// `source` names the file in messages. Text that is no JSON is named by line and column.
  [[nodiscard]] static std::expected<Rules, RulesFinding> parse(std::string_view text, std::string_view source);

  /// One hash look-up, however many rules there are, but for the first time that a type comes which no rule names in
  /// full. An event without a type has the empty one. Lives until the next call.
  [[nodiscard]] const Candidates& candidates(std::string_view event_type) const;
  /// The route by type alone.
  [[nodiscard]] const Route& route(const Candidates& candidates) const { return rules_[candidates.otherwise].route; }
  /// The route by what the event holds, which goes before that; null if no such rule matches.
  [[nodiscard]] const Route* route(const Candidates&, std::string_view event_type, const Document&) const;

  /// A walk through the whole list, which ends in the same route.
  [[nodiscard]] RoutingAccount account_for(std::string_view event_type, const Document&) const;

  /// SHA-256 of the file's bytes, hex: the version of the rules that history and dead letters name.
  [[nodiscard]] const std::string& version() const { return version_; }
  /// Rules that can never match, with the reason.
  [[nodiscard]] const std::vector<RulesFinding>& warnings() const { return warnings_; }

 private:
  struct Rule {
    TypePattern type;
    std::optional<Condition> condition;  ///< what else it asks for
    Route route;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  template <class T>
  using ByText = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  class Reader;

  [[nodiscard]] Candidates search(std::string_view event_type) const;
  /// Adds those by whose prefix the type begins to those that name it in full, and leaves out what a rule before them
  /// makes idle.
  [[nodiscard]] Candidates join(std::vector<std::uint32_t> exact, std::string_view event_type) const;

  std::vector<Rule> rules_;                       ///< in the file's order; the last one is the default
  ByText<std::vector<std::uint32_t>> by_prefix_;  ///< rules by the beginning that they ask for
  std::vector<std::size_t> prefix_lengths_;       ///< the different ones, rising
  std::string version_;
  std::vector<RulesFinding> warnings_;
  /// The types that rules name in full, and then those that came, as far as `kMostTypes` and `kLongestType` allow:
  /// producers choose the types.
  mutable ByText<Candidates> by_type_;
  mutable Candidates unkept_;  ///< of a type beyond those
};

}  // namespace limits
