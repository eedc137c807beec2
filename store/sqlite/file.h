#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "store/sqlite/connection.h"
#include "store/sqlite/writer_lock.h"

/// Opening the file, and what is looked at before it is trusted. All of it throws Failure.
namespace store::sqlite {

/// SQLite from 3.7.0 to 3.51.2 has the WAL-reset bug: processes that commit and checkpoint one log at a time can damage
/// the file (https://sqlite.org/wal.html#walresetbug). `version` is sqlite3_libversion_number().
void refuse_affected(int version, const std::string& path);

/// Opens or creates the file, and its folder if only that one is missing.
[[nodiscard]] std::unique_ptr<Connection> open_for_writing(const std::string& path, std::chrono::milliseconds patience);
/// Makes what was opened a sound file of the current schema, or refuses it.
void make_ready(Connection& db, WriterLock& lock);

/// A sound file of the current schema.
[[nodiscard]] std::unique_ptr<Connection> open_for_reading(const std::string& path);

}  // namespace store::sqlite
