#include "store/sqlite/damage.h"

#include <fmt/format.h>

namespace store::sqlite {
namespace {

/// SQLite's own bound on what integrity_check says.
constexpr std::size_t kMost = 100;

void check_pages(Connection& db, const char* pragma, std::vector<std::string>& found) {
  Statement check(db, pragma);
  auto rows = check.query();
  while (rows.next()) {
    if (const std::string_view said = check.text(0); said != "ok") found.emplace_back(said);
  }
}

/// integrity_check does not follow references from one table to another.
void check_references(Connection& db, std::vector<std::string>& found) {
  Statement check(db, "PRAGMA foreign_key_check");
  auto rows = check.query();
  while (found.size() < kMost && rows.next()) {
    found.push_back(fmt::format("row {} of table {} names a row of table {} that is not there", check.integer(1),
                                check.text(0), check.text(2)));
  }
}

}  // namespace

std::vector<std::string> damage_of(Connection& db, Scrutiny scrutiny) {
  const Transaction snapshot(db, Transaction::Kind::kRead);
  std::vector<std::string> found;
  try {
    check_pages(db, scrutiny == Scrutiny::kQuick ? "PRAGMA quick_check" : "PRAGMA integrity_check", found);
    if (scrutiny == Scrutiny::kComplete) check_references(db, found);
  } catch (const Failure& failure) {
    // Some damage ends the look at the rest.
    if (failure.error.code != Errc::kFatal) throw;
    found.push_back(failure.error.what);
  }
  return found;
}

}  // namespace store::sqlite
