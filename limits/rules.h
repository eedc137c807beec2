#pragma once

#include <expected>
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

/// Which event goes where, as `properties/rules.json` says: {"rules":[{"match":{"type":"USER_LIMIT_RESET"},
/// "handler":"reset_progress"}, {"match":{"type":"LIMIT_USER_*"},"handler":"ignore"}], "default":"dead_letter"}.
/// The first rule that matches wins; a type costs one hash look-up however many rules there are.
class Rules {
 public:
  /// `source` names the file in messages: "rules.json: /rules/2/handler: no handler "reset_progres"; did you mean …".
  [[nodiscard]] static std::expected<Rules, std::string> parse(std::string_view text, std::string_view source);

  [[nodiscard]] const Route& route(std::string_view event_type) const;
  /// SHA-256 of the file's bytes, hex: the version of the rules that history and dead letters name.
  [[nodiscard]] const std::string& version() const;
};

}  // namespace limits
