#pragma once

#include <optional>

#include "cli/output.h"
#include "limits/ids.h"
#include "limits/user_limit.h"

namespace cli {

/// A limit on a card for people, with the time that it is of if that is not now.
void print_limit(Output& output, const limits::UserLimit& limit, std::optional<limits::TimeMs> at = {});

}  // namespace cli
