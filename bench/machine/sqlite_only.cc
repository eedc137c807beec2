// The least that SQLite costs for the writes of a session: prepared statements over the narrow table, integer keys
// known, nothing read from a pipe, nothing parsed, no history.
//
//     sqlite_only DATABASE LIMITS RECORDS BATCH
//
// Prints the CPU microseconds per record as JSON.
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>

#include <sqlite3.h>

namespace {

void check(sqlite3* db, int result) {
  if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW)
    throw std::runtime_error(sqlite3_errmsg(db));
}

void execute(sqlite3* db, const char* sql) {
  check(db, sqlite3_exec(db, sql, nullptr, nullptr, nullptr));
}

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

class Table {
 public:
  explicit Table(const char* path) {
    check(nullptr, sqlite3_initialize());
    check(db_, sqlite3_open(path, &db_));
    execute(db_, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    execute(db_,
            "CREATE TABLE hot(id INTEGER PRIMARY KEY, progress TEXT, next INTEGER, sequence INTEGER, event_id TEXT) "
            "STRICT");
    check(db_, sqlite3_prepare_v3(db_, "INSERT INTO hot VALUES(?1, ?2, ?3, ?4, ?5)", -1, SQLITE_PREPARE_PERSISTENT,
                                  &insert_, nullptr));
    check(db_,
          sqlite3_prepare_v3(db_, "UPDATE hot SET progress = ?2, next = ?3, sequence = ?4, event_id = ?5 WHERE id = ?1",
                             -1, SQLITE_PREPARE_PERSISTENT, &update_, nullptr));
  }
  ~Table() {
    sqlite3_finalize(insert_);
    sqlite3_finalize(update_);
    sqlite3_close(db_);
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  void begin() { execute(db_, "BEGIN IMMEDIATE"); }
  void commit() { execute(db_, "COMMIT"); }
  void write(bool first, long id, long sequence) {
    sqlite3_stmt* const statement = first ? insert_ : update_;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_text(statement, 2, "200.00", 6, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, 1760086400000);
    sqlite3_bind_int64(statement, 4, sequence);
    sqlite3_bind_text(statement, 5, "00000000000000000000c001-12", 27, SQLITE_STATIC);
    check(db_, sqlite3_step(statement));
    sqlite3_reset(statement);
  }

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* update_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: sqlite_only DATABASE LIMITS RECORDS BATCH\n";
    return 2;
  }
  const long limits = std::atol(argv[2]), records = std::atol(argv[3]), batch = std::atol(argv[4]);
  try {
    Table table(argv[1]);
    std::mt19937_64 random(1);
    const double before = cpu_seconds();
    for (long record = 0; record < records; ++record) {
      if (record % batch == 0) table.begin();
      const bool first = record < limits;
      table.write(first, first ? record : static_cast<long>(random() % static_cast<unsigned long>(limits)), record);
      if (record % batch == batch - 1 || record == records - 1) table.commit();
    }
    std::cout << R"({"cpu_us_per_record":)" << 1e6 * (cpu_seconds() - before) / static_cast<double>(records) << "}\n";
  } catch (const std::exception& error) {
    std::cerr << "sqlite_only: " << error.what() << "\n";
    return 1;
  }
}
