#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "limits/handlers.h"

namespace limits {

struct Route {
  enum class Action { kHandle, kIgnore, kDeadLetter };
  Action action;
  const Handler* handler = nullptr;  ///< set if the action is kHandle
};

/// Which event goes where, as a rules file says; its form is in docs/rules.md. The first rule that matches wins.
/// One thread.
class Rules {
 public:
  /// `source` names the file in messages: `rules.json: /rules/2/handler: no handler "reset_progres"; did you mean …`.
  /// Text that is no JSON is named by line and column.
  [[nodiscard]] static std::expected<Rules, std::string> parse(std::string_view text, std::string_view source);

  /// One hash look-up, however many rules there are, but for the first time that a type comes which no rule names in
  /// full. The route lives as long as the rules do.
  [[nodiscard]] const Route& route(std::string_view event_type) const;
  /// SHA-256 of the file's bytes, hex: the version of the rules that history and dead letters name.
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  struct Prefix {
    std::string text;
    Route route;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void add(std::string_view type, const Route&);
  [[nodiscard]] const Route& search(std::string_view event_type) const;

  std::vector<Prefix> prefixes_;  ///< in the file's order
  Route default_{};
  std::string version_;
  /// The types that rules name in full, and then those that came, as far as `kMostTypes` and `kLongestType` allow:
  /// producers choose the types.
  mutable std::unordered_map<std::string, Route, Hash, std::equal_to<>> by_type_;
};

}  // namespace limits
