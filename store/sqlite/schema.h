#pragma once

#include <cstdint>

#include "store/sqlite/connection.h"

/// The tables, and how a file gets them. docs/schema.md explains them to people.
namespace store::sqlite {

/// In the header of each file of ours, so that nobody else's is taken for one: "ULim".
inline constexpr std::int64_t kApplicationId = 0x554C696D;

/// The `user_version` that this program reads and writes.
[[nodiscard]] std::int64_t schema_version();

/// What a file is to this program.
enum class FileKind {
  kCurrent,
  kEmpty,    ///< no table yet
  kOlder,    ///< ours, migrations are missing
  kNewer,    ///< ours, by a program of a later version
  kForeign,  ///< a database of another program
};
[[nodiscard]] FileKind kind_of(Connection& db);

/// Brings a file that is kEmpty or kOlder to kCurrent, all or nothing. The caller holds the writers' lock.
void migrate(Connection& db);

}  // namespace store::sqlite
