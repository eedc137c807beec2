#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "limits/fault.h"

namespace limits {

/// A fault with its place in the bytes, for people who are to mend what made it.
struct Explanation {
  std::size_t offset = 0;  ///< of the value at fault; where a field is missing, of the object that should have it
  std::size_t size = 0;    ///< at least 1, unless the place is the end of the bytes
  std::string place;       ///< "payload.amount"; "byte 7"
  std::string expected;    ///< "decimal text like \"12.50\""; empty if the fault does not say it
  std::string found;
  std::string nearest;  ///< what is valid and nearest to what was found, as JSON: "\"1000\""; empty if nothing is near
};

/// Nothing for a fault that names no place in these bytes.
[[nodiscard]] std::optional<Explanation> explain(std::string_view raw, const Fault& fault);

}  // namespace limits
