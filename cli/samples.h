#pragma once

#include <string_view>

namespace cli {

/// The files daemon/samples/events.json and properties/rules.json, as they were when this was built.
extern const std::string_view kSampleEvents;
extern const std::string_view kShippedRules;

}  // namespace cli
