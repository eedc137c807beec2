#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "store/sqlite/connection.h"
#include "store/sqlite/writer_lock.h"

/// Opening the file, and what is looked at before it is trusted. All of it throws Failure.
namespace store::sqlite {

/// Opens or creates the file, and its folder if only that one is missing.
[[nodiscard]] std::unique_ptr<Connection> open_for_writing(const std::string& path, std::chrono::milliseconds patience);
/// Makes what was opened a sound file of the current schema, or refuses it.
void make_ready(Connection& db, WriterLock& lock);

/// A sound file of the current schema.
[[nodiscard]] std::unique_ptr<Connection> open_for_reading(const std::string& path);

}  // namespace store::sqlite
