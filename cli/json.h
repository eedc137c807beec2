#pragma once

#include "limits/json_object.h"

namespace cli {

/// Text that is not UTF-8 is replaced when Output prints it.
using limits::JsonObject;

}  // namespace cli
