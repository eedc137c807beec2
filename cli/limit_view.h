#pragma once

#include "cli/output.h"
#include "limits/user_limit.h"

namespace cli {

/// A limit on a card for people.
void print_limit(Output& output, const limits::UserLimit& limit);

}  // namespace cli
