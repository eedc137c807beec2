#include "store/sqlite/connection.h"

#include <array>

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/sqlite/wal_file.h"

namespace store::sqlite {
namespace {

// It is compiled in, so that no other can come in its place.
static_assert(SQLITE_VERSION_NUMBER >= 3'051'003,
              "SQLite from 3.7.0 to 3.51.2 has the WAL-reset bug (https://sqlite.org/wal.html#walresetbug): processes "
              "that commit and checkpoint one log at a time can damage the file");

struct Advice {
  Errc code;
  std::string_view what_to_do;
};

Advice advice_for(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::kBusy, "Another program holds the file's lock: end it, or try again later."};
    case SQLITE_FULL:
      return {Errc::kFatal, "Free space on its disk, and start again."};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Errc::kFatal, "Let this user write to the file and to its directory."};
    case SQLITE_CANTOPEN:
      return {Errc::kFatal,
              "Check that the path is right and that this user may write to the file, its -wal and -shm files and the "
              "directory."};
    case SQLITE_NOTADB:
      return {Errc::kFatal, "This is not an SQLite database: name another file."};
    case SQLITE_CORRUPT:
      return {Errc::kFatal, "The file is damaged: stop all that use it and put back a backup."};
    case SQLITE_IOERR:
      return {Errc::kFatal, "Reading or writing failed: look at the disk and the system's log."};
    default:
      return {Errc::kFatal, "This should not happen: stop all that use the file and look at it."};
  }
}

}  // namespace

Failure failure(Errc code, const std::string& path, std::string_view what) {
  return {{code, fmt::format("store sqlite:{}: {}", path, what)}};
}

Connection::Connection(const std::string& path, Mode mode, std::chrono::milliseconds patience)
    : path_(path), patience_(patience) {
  sqlite3_initialize();
  const int access = mode == Mode::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path_.c_str(), &db_, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   mode == Mode::kWrite ? wal_vfs() : nullptr);
  if (code != SQLITE_OK) {
    const Failure why = failure(code);
    close();
    throw why;
  }
  set_patience(patience_);
  // A plan does not depend on what is bound, or SQLite would prepare some statements anew each time: those that could
  // use a partial index.
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  // A reader never writes, not even when it is the last to leave.
  if (mode == Mode::kRead) sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // Takes the place of SQLite's own automatic checkpoints, which run beside other writers and so never see the end of
  // the log while there are many.
  sqlite3_wal_hook(
      db_,
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<Connection*>(self)->log_frames_ = frames;
        return SQLITE_OK;
      },
      this);
}

Connection::~Connection() {
  close();
}

void Connection::close() {
  sqlite3_close_v2(db_);
}

void Connection::execute(const char* sql) {
  if (const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) throw failure(code);
}

std::int64_t Connection::integer(const std::string& sql) {
  Statement statement(*this, sql);
  auto rows = statement.query();
  return rows.next() ? statement.integer(0) : 0;
}

std::string Connection::text(const std::string& sql) {
  Statement statement(*this, sql);
  auto rows = statement.query();
  return rows.next() ? std::string(statement.text(0)) : std::string();
}

std::string Connection::file() const {
  return sqlite3_db_filename(db_, "main");
}

bool Connection::read_only() const {
  return sqlite3_db_readonly(db_, "main") == 1;
}

std::int64_t Connection::last_insert_id() const {
  return sqlite3_last_insert_rowid(db_);
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(db_) == 0;
}

std::uint32_t Connection::data_version() const {
  unsigned int version = 0;
  const int code = sqlite3_file_control(db_, "main", SQLITE_FCNTL_DATA_VERSION, &version);
  if (code != SQLITE_OK) throw failure(code);
  return version;
}

bool Connection::checkpoint() {
  // Others wait for their turn meanwhile. Readers that are many and quick never leave a moment without any: they must
  // be waited for, one by one.
  constexpr std::chrono::milliseconds kPatienceWithReaders{50};
  set_patience(kPatienceWithReaders);
  const int code = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  set_patience(patience_);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) throw failure(code);
  return code == SQLITE_OK;
}

void Connection::set_patience(std::chrono::milliseconds patience) {
  sqlite3_busy_timeout(db_, static_cast<int>(patience.count()));
}

Failure Connection::failure(int code) const {
  const Advice advice = advice_for(code);
  const char* said = db_ != nullptr ? sqlite3_errmsg(db_) : sqlite3_errstr(code);
  return sqlite::failure(advice.code, path_, fmt::format("{} (SQLite's code {}). {}", said, code, advice.what_to_do));
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::prepare() {
  const int code = sqlite3_prepare_v3(db_->handle(), sql_.c_str(), static_cast<int>(sql_.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) throw db_->failure(code);
}

void Statement::bind(int place, std::int64_t value) {
  sqlite3_bind_int64(statement_, place, value);
}

void Statement::bind(int place, std::string_view value) {
  // A null pointer would bind NULL.
  sqlite3_bind_text64(statement_, place, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind(int place, Blob value) {
  sqlite3_bind_blob64(statement_, place, value.bytes.empty() ? "" : value.bytes.data(), value.bytes.size(),
                      SQLITE_STATIC);
}

void Statement::bind(int place, const limits::Decimal& value) {
  std::array<char, limits::Decimal::kMaxText> text;
  const char* const end = value.write_to(text.data());
  sqlite3_bind_text64(statement_, place, text.data(), static_cast<sqlite3_uint64>(end - text.data()), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
}

void Statement::bind(int place, std::nullopt_t) {
  sqlite3_bind_null(statement_, place);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const Failure why = db_->failure(code);
  reset();
  throw why;
}

void Statement::finish() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  sqlite3_reset(statement_);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::text(int column) const {
  // First the pointer, then the size: the other order may convert twice.
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::string> Statement::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(std::string(text(column)));
}

Statement& Statements::operator[](const char* sql) {
  return statements_.try_emplace(sql, db_, sql).first->second;
}

Transaction::Transaction(Connection& db, Kind kind) : db_(db) {
  // A deferred transaction that reads first and then writes fails at once when another has written in between.
  db_.execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // After some errors SQLite has rolled back by itself.
  if (db_.in_transaction()) sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  db_.execute("COMMIT");
}

}  // namespace store::sqlite
