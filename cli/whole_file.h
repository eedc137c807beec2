#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/outcome.h"

namespace cli {

/// All bytes of a file, or of standard input for "-". kFailed, with name and reason, if it cannot be read or has more
/// than `most`.
[[nodiscard]] Outcome<std::string> read_whole(const std::string& path, std::size_t most);

/// Puts other bytes into a file that is there, all at once: who reads it meanwhile, or after a crash, finds the old
/// ones or the new ones. Its mode stays. After a failure the old ones are left.
[[nodiscard]] Outcome<void> replace_whole(const std::string& path, std::string_view bytes);

}  // namespace cli
