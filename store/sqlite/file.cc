#include "store/sqlite/file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fmt/format.h>
#include <malloc.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/sqlite/schema.h"

namespace store::sqlite {
namespace {

constexpr std::chrono::milliseconds kReaderPatience = std::chrono::seconds(5);

std::optional<std::int64_t> size_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_size;
}

void refuse_what_is_no_file(const std::string& path) {
  if (path.empty() || path == ":memory:") {
    throw failure(Errc::kFatal, path, "this names no file. Write sqlite:PATH, or memory: for a store without a file.");
  }
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored)) {
    throw failure(Errc::kFatal, path, "this is a folder. Name the database file in it.");
  }
}

void refuse_kind(FileKind kind, const std::string& path, std::int64_t version) {
  switch (kind) {
    case FileKind::kForeign:
      throw failure(Errc::kFatal, path,
                    "this is a database of another program, and stays untouched. Name another file.");
    case FileKind::kNewer:
      throw failure(Errc::kFatal, path,
                    fmt::format("its schema has version {}, and this program knows versions up to {}. Install the "
                                "release that wrote it, or a later one.",
                                version, schema_version()));
    default:
      return;
  }
}

/// A file that lost its end can read as empty tables, without any error of SQLite's. While the log is empty, the file
/// must have all of its pages; it cannot change meanwhile: whoever reads it without the log keeps checkpoints out.
void refuse_cut_off(Connection& db) {
  const Transaction reading(db, Transaction::Kind::kRead);
  const std::int64_t expected = db.integer("PRAGMA page_count") * db.integer("PRAGMA page_size");
  const bool log_is_empty = size_of(db.file() + "-wal").value_or(0) == 0;
  const std::int64_t actual = size_of(db.file()).value_or(0);
  if (log_is_empty && actual != expected) {
    throw failure(
        Errc::kFatal, db.path(),
        fmt::format("the file has {} bytes and should have {}: part of it is lost. Put back a backup, or move "
                    "it away and let the stream be replayed.",
                    actual, expected));
  }
}

void make_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error) {
    throw failure(
        Errc::kFatal, path,
        fmt::format("cannot make its folder {}: {}. Make it, or name another path.", folder.string(), error.message()));
  }
}

bool is_in_wal_mode(Connection& db) {
  return db.text("PRAGMA journal_mode") == "wal";
}

void prepare_file(Connection& db, WriterLock& lock) {
  const WriterLock::Turn turn(lock);
  const FileKind kind = kind_of(db);
  refuse_kind(kind, db.path(), db.integer("PRAGMA user_version"));
  if (db.text("PRAGMA journal_mode=WAL") != "wal") {
    throw failure(Errc::kFatal, db.path(),
                  "it cannot be put into WAL mode. Keep it on a local disk, and end other programs that use it.");
  }
  if (kind != FileKind::kCurrent) {
    migrate(db);
    ::malloc_trim(0);  // once in a file's life, and half a megabyte that a child would keep as long as it runs
  }
}

}  // namespace

std::unique_ptr<Connection> open_for_writing(const std::string& path, std::chrono::milliseconds patience) {
  refuse_what_is_no_file(path);
  make_folder_of(path);
  auto db = std::make_unique<Connection>(path, Connection::Mode::kWrite, patience);
  if (db->read_only()) throw db->failure(SQLITE_READONLY);
  return db;
}

void make_ready(Connection& db, WriterLock& lock) {
  if (kind_of(db) != FileKind::kCurrent || !is_in_wal_mode(db)) prepare_file(db, lock);
  refuse_cut_off(db);
  // What a reader made the log grow to beyond this goes back to the disk when the log is started anew.
  db.execute("PRAGMA journal_size_limit=67108864");
}

std::unique_ptr<Connection> open_for_reading(const std::string& path) {
  refuse_what_is_no_file(path);
  if (!size_of(path)) {
    throw failure(
        errno == ENOENT ? Errc::kAbsent : Errc::kFatal, path,
        fmt::format("{}. Check the path; the file is made when a processor first starts on it.", std::strerror(errno)));
  }
  auto db = std::make_unique<Connection>(path, Connection::Mode::kRead, kReaderPatience);
  const FileKind kind = kind_of(*db);
  refuse_kind(kind, path, db->integer("PRAGMA user_version"));
  if (kind == FileKind::kEmpty) throw failure(Errc::kBusy, path, "it is just being made. Try again in a second.");
  if (kind == FileKind::kOlder) {
    throw failure(Errc::kFatal, path,
                  "its schema is of an older version. Start a processor of this release on it, which brings it up to "
                  "date.");
  }
  refuse_cut_off(*db);
  // KiB: the upper pages of the trees of ten million limits. SQLite's usual 2,000 are those of one.
  db->execute("PRAGMA cache_size=-8000");
  return db;
}

}  // namespace store::sqlite
