#pragma once

#include <string>

#include "limits/handlers.h"
#include "limits/rules_json.h"
#include "limits/transform.h"

namespace limits {

/// A rule's `transform`, for that handler. Throws rules_json::Refusal.
[[nodiscard]] Transform read_transform(const rules_json::json&, const Handler&, const std::string& place);

}  // namespace limits
