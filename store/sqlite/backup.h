#pragma once

#include <cstdint>
#include <string>

#include "store/sqlite/connection.h"

namespace store::sqlite {

/// Reader::backup; throws Failure. The copy is one file by itself: not in WAL mode, so that it can be read from a
/// medium that cannot be written to. A processor that is started on it puts it back into WAL mode.
std::int64_t copy_to_new_file(Connection& source, const std::string& path, const Progress& progress);

}  // namespace store::sqlite
