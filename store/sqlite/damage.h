#pragma once

#include <string>
#include <vector>

#include "store/sqlite/connection.h"

namespace store::sqlite {

/// What SQLite finds broken in the file: Reader::damage. Throws Failure if it has to wait for too long.
[[nodiscard]] std::vector<std::string> damage_of(Connection& db, Scrutiny scrutiny);

}  // namespace store::sqlite
