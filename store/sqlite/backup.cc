#include "store/sqlite/backup.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include "store/sqlite/damage.h"

namespace store::sqlite {
namespace {

Failure cannot(const std::string& path, std::string_view what) {
  return failure(Errc::kFatal, path, what);
}

/// With what `errno` says.
Failure system_failure(const std::string& path, std::string_view doing) {
  return cannot(path, fmt::format("cannot {}: {}.", doing, std::strerror(errno)));
}

void refuse_existing(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return;
  throw cannot(path, "is there already, and stays as it is. Name a new file.");
}

/// The new file, under another name until it is whole. Gone with the object, unless it was kept.
class NewFile {
 public:
  explicit NewFile(const std::string& path) : path_(path), name_(path + "-partial") {
    // SQLite opens it only after this is closed.
    const int made = ::open(name_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (made < 0 && errno == EEXIST) {
      throw cannot(name_, "is there already: another backup writes it, or one was killed. If none runs, remove it.");
    }
    if (made < 0) throw system_failure(name_, "make the file");
    ::close(made);
  }
  ~NewFile() {
    if (!kept_) ::unlink(name_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// As it is called now.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Under its own name, never in the place of a file that appeared meanwhile.
  void keep() {
    if (!rename_to_own()) throw system_failure(path_, "give the copy its name");
    name_ = path_;
    if (!sync_folder()) throw system_failure(path_, "sync its folder");
    kept_ = true;
  }

 private:
  [[nodiscard]] bool rename_to_own() const {
    if (::renameat2(AT_FDCWD, name_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) return true;
    // Some network file systems know no such call.
    if (errno != EINVAL) return false;
    refuse_existing(path_);
    return ::rename(name_.c_str(), path_.c_str()) == 0;
  }
  [[nodiscard]] bool sync_folder() const {
    const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
    const int opened = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = opened >= 0 && ::fsync(opened) == 0;
    if (opened >= 0) ::close(opened);
    return synced;
  }

  std::string path_;
  std::string name_;
  bool kept_ = false;
};

class Backup {
 public:
  Backup(Connection& source, Connection& copy)
      : copy_(copy), backup_(sqlite3_backup_init(copy.handle(), "main", source.handle(), "main")) {
    if (backup_ == nullptr) throw copy_.failure(sqlite3_extended_errcode(copy_.handle()));
  }
  ~Backup() { sqlite3_backup_finish(backup_); }
  Backup(const Backup&) = delete;
  Backup& operator=(const Backup&) = delete;

  /// False when all is copied.
  [[nodiscard]] bool copy_some() {
    constexpr int kPages = 1024;
    const int code = sqlite3_backup_step(backup_, kPages);
    if (code == SQLITE_DONE) return false;
    if (code != SQLITE_OK) throw copy_.failure(code);
    return true;
  }
  [[nodiscard]] std::int64_t pages() const { return sqlite3_backup_pagecount(backup_); }
  [[nodiscard]] std::int64_t pages_done() const { return pages() - sqlite3_backup_remaining(backup_); }

 private:
  Connection& copy_;
  sqlite3_backup* backup_;
};

/// The pages as they are now. A backup starts again whenever another process writes between two of its steps; under one
/// read transaction there is nothing new to see.
void copy_pages(Connection& source, Connection& copy, const Progress& progress) {
  const Transaction snapshot(source, Transaction::Kind::kRead);
  const std::int64_t page_size = source.integer("PRAGMA page_size");
  static_cast<void>(source.integer("SELECT count(*) FROM sqlite_schema"));  // begins it
  Backup backup(source, copy);
  bool more = true;
  while (more) {
    more = backup.copy_some();
    if (!progress(backup.pages_done() * page_size, backup.pages() * page_size)) {
      throw cannot(source.path(), "the backup was interrupted.");
    }
  }
}

void refuse_damaged(Connection& copy, const std::string& source) {
  const auto damage = damage_of(copy, Scrutiny::kQuick);
  if (damage.empty()) return;
  throw cannot(source,
               fmt::format("the copy is damaged, and so must be the store: {}. Stop all that use it and put back "
                           "an older backup.",
                           damage.front()));
}

}  // namespace

std::int64_t copy_to_new_file(Connection& source, const std::string& path, const Progress& progress) {
  refuse_existing(path);
  NewFile file(path);
  std::int64_t bytes = 0;
  {
    Connection copy(file.name(), Connection::Mode::kWrite, std::chrono::milliseconds(0));
    // There is nothing in it to go back to.
    copy.execute("PRAGMA journal_mode=OFF");
    copy_pages(source, copy, progress);
    // The source's header says WAL; again without a journal, which a full disk would leave behind.
    copy.execute("PRAGMA journal_mode=OFF");
    refuse_damaged(copy, source.path());
    bytes = copy.integer("PRAGMA page_count") * copy.integer("PRAGMA page_size");
  }
  file.keep();
  return bytes;
}

}  // namespace store::sqlite
