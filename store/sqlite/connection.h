#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

/// A thin layer over SQLite's C interface for this folder: what fails throws Failure, which do_apply and the Reader's
/// methods turn into a Result. Nothing here is thread-safe.
namespace store::sqlite {

/// Thrown inside this folder only.
struct Failure {
  Error error;
};

/// Bytes that are no text.
struct Blob {
  std::string_view bytes;
};

class Connection {
 public:
  enum class Mode { kRead, kWrite };

  /// kWrite creates the file if it is not there. `patience` bounds each wait for a lock of SQLite's.
  Connection(const std::string& path, Mode mode, std::chrono::milliseconds patience);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Statements without parameters and rows, several if divided by ';'.
  void execute(const char* sql);
  /// The first column of the only row.
  [[nodiscard]] std::int64_t integer(const std::string& sql);
  [[nodiscard]] std::string text(const std::string& sql);

  [[nodiscard]] bool read_only() const;
  [[nodiscard]] std::int64_t last_insert_id() const;
  [[nodiscard]] bool in_transaction() const;

  /// Another after each change of the file: a commit of ours, or one of others that a transaction of ours has seen.
  [[nodiscard]] std::uint32_t data_version() const;

  /// Frames in the write-ahead log after the last commit of this connection.
  [[nodiscard]] std::int64_t log_frames() const { return log_frames_; }
  /// Copies the log into the database, so that the next writer starts it anew. The caller holds the writers' lock.
  /// Waits some milliseconds for readers; false if one stays, and then only what it does not need is copied.
  bool checkpoint();

  /// The failure that SQLite just reported: where, what, and what to do about it.
  [[nodiscard]] Failure failure(int code) const;

  /// As the user named it: for messages.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// The file itself, whatever links lead there: the other files lie beside it.
  [[nodiscard]] std::string file() const;
  [[nodiscard]] sqlite3* handle() const { return db_; }

 private:
  void close();
  void set_patience(std::chrono::milliseconds);

  std::string path_;
  std::chrono::milliseconds patience_;
  sqlite3* db_ = nullptr;
  std::int64_t log_frames_ = 0;
};

/// "store sqlite:var/limits.db: what"
[[nodiscard]] Failure failure(Errc code, const std::string& path, std::string_view what);

/// A prepared statement, prepared when it is first used. Bound text is not copied: it must live until the next step.
class Statement {
 public:
  Statement(Connection& db, std::string sql) : db_(&db), sql_(std::move(sql)) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds, runs to the end, and is ready for the next run.
  template <class... Parameters>
  void run(const Parameters&... parameters) {
    bind_all(parameters...);
    finish();
  }

  /// The rows of one query; the statement is ready for the next when this ends.
  class Rows {
   public:
    explicit Rows(Statement& statement) : statement_(statement) {}
    ~Rows() { statement_.reset(); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    /// Text of the row before is gone after this.
    [[nodiscard]] bool next() { return statement_.step(); }

   private:
    Statement& statement_;
  };

  template <class... Parameters>
  [[nodiscard]] Rows query(const Parameters&... parameters) {
    bind_all(parameters...);
    return Rows(*this);
  }

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  ///< or a blob's bytes; empty for NULL
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] std::optional<std::string> optional_text(int column) const;

 private:
  template <class... Parameters>
  void bind_all(const Parameters&... parameters) {
    if (statement_ == nullptr) prepare();
    int place = 0;
    (bind(++place, parameters), ...);
  }
  void prepare();
  void bind(int place, std::int64_t value);
  void bind(int place, std::string_view value);
  void bind(int place, Blob value);
  void bind(int place, const limits::Decimal& value);  ///< as text, which is copied
  void bind(int place, std::nullopt_t);
  template <class T>
  void bind(int place, const std::optional<T>& value) {
    if (value) {
      bind(place, *value);
    } else {
      bind(place, std::nullopt);
    }
  }
  bool step();
  void finish();
  void reset();

  Connection* db_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
};

/// Statements by their text, each prepared when it is first used. One must not be asked for while its rows are read.
class Statements {
 public:
  explicit Statements(Connection& db) : db_(db) {}
  /// `sql` is a literal.
  [[nodiscard]] Statement& operator[](const char* sql);

 private:
  Connection& db_;
  std::map<const char*, Statement> statements_;
};

/// Rolls back unless it was committed.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  Transaction(Connection& db, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& db_;
};

}  // namespace store::sqlite
