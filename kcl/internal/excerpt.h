#pragma once

#include <string>
#include <string_view>

namespace kcl::internal {

/// The beginning of `text`, fit to be shown to a person: at most 48 bytes, everything that is not printable ASCII as
/// \xNN, "..." after it if there is more.
[[nodiscard]] std::string excerpt(std::string_view text);

}  // namespace kcl::internal
