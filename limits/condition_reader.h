#pragma once

#include <optional>
#include <string>

#include "limits/condition.h"
#include "limits/rules_json.h"

namespace limits {

/// A rule's `match`: the type that it asks for, by which rules are found, and all else that it asks for, if it does.
struct Match {
  TypePattern type{.text = "", .is_prefix = true};
  std::optional<Condition> condition;
};

/// These throw rules_json::Refusal.
[[nodiscard]] Match read_match(const rules_json::json&, const std::string& place);
[[nodiscard]] Pointer read_pointer(const rules_json::json&, const std::string& place);
[[nodiscard]] Scalar read_scalar(const rules_json::json&, const std::string& place);

}  // namespace limits
