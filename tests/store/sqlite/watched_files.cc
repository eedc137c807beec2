#include "tests/store/sqlite/watched_files.h"

#include <cstddef>
#include <new>
#include <utility>

#include <sqlite3.h>

namespace tests {
namespace {

using Call = WatchedFiles::Call;

WatchedFiles::Watcher current_watcher;
sqlite3_vfs watching_vfs;
sqlite3_vfs* real_vfs = nullptr;

/// The real file follows in memory.
struct File {
  sqlite3_file base;
  std::string* path;
};

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}

/// Passes a call on to the real file, after telling the watcher if it is to know.
template <auto Method, class... Arguments>
auto pass(sqlite3_file* file, Arguments... arguments) {
  return (real(file)->pMethods->*Method)(real(file), arguments...);
}
template <auto Method, Call Told, class... Arguments>
auto tell_and_pass(sqlite3_file* file, Arguments... arguments) {
  const int code = current_watcher(Told, *reinterpret_cast<File*>(file)->path);
  return code == SQLITE_OK ? pass<Method>(file, arguments...) : code;
}

int close(sqlite3_file* file) {
  const int code = pass<&sqlite3_io_methods::xClose>(file);
  delete reinterpret_cast<File*>(file)->path;
  return code;
}

using Io = sqlite3_io_methods;
constexpr Io kMethods = {
    .iVersion = 2,  // no memory-mapped reading
    .xClose = close,
    .xRead = pass<&Io::xRead, void*, int, sqlite3_int64>,
    .xWrite = tell_and_pass<&Io::xWrite, Call::kWrite, const void*, int, sqlite3_int64>,
    .xTruncate = tell_and_pass<&Io::xTruncate, Call::kTruncate, sqlite3_int64>,
    .xSync = tell_and_pass<&Io::xSync, Call::kSync, int>,
    .xFileSize = pass<&Io::xFileSize, sqlite3_int64*>,
    .xLock = pass<&Io::xLock, int>,
    .xUnlock = pass<&Io::xUnlock, int>,
    .xCheckReservedLock = pass<&Io::xCheckReservedLock, int*>,
    .xFileControl = pass<&Io::xFileControl, int, void*>,
    .xSectorSize = pass<&Io::xSectorSize>,
    .xDeviceCharacteristics = pass<&Io::xDeviceCharacteristics>,
    .xShmMap = pass<&Io::xShmMap, int, int, int, void volatile**>,
    .xShmLock = pass<&Io::xShmLock, int, int, int>,
    .xShmBarrier = pass<&Io::xShmBarrier>,
    .xShmUnmap = pass<&Io::xShmUnmap, int>,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const self = new (file) File{.base = {.pMethods = nullptr}, .path = nullptr};
  const int code = real_vfs->xOpen(real_vfs, name, real(file), flags, out_flags);
  if (code == SQLITE_OK) {
    self->path = new std::string(name == nullptr ? "" : name);
    self->base.pMethods = &kMethods;
  }
  return code;
}

}  // namespace

WatchedFiles::WatchedFiles(Watcher watcher) {
  sqlite3_initialize();
  current_watcher = std::move(watcher);
  real_vfs = sqlite3_vfs_find(nullptr);
  watching_vfs = *real_vfs;
  watching_vfs.zName = "watched";
  watching_vfs.szOsFile += static_cast<int>(sizeof(File));
  watching_vfs.xOpen = open;
  sqlite3_vfs_register(&watching_vfs, 1);
}

WatchedFiles::~WatchedFiles() {
  sqlite3_vfs_unregister(&watching_vfs);
  sqlite3_vfs_register(real_vfs, 1);  // not what happens to come next in SQLite's list
}

}  // namespace tests
