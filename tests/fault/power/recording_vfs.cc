#include "tests/fault/power/recording_vfs.h"

#include <filesystem>
#include <new>
#include <utility>

#include <sqlite3.h>

namespace tests::power {
namespace {

DiskTrace* current_trace = nullptr;

std::string name_of(const char* path) {
  return std::filesystem::path(path).filename();
}

/// A file that is open; that of the real VFS follows it in memory.
struct RecordedFile {
  sqlite3_file base{};
  std::size_t file = 0;
  bool folder_is_due = false;  ///< the first sync syncs the folder, too (UNIXFILE_DIRSYNC in SQLite's os_unix.c)

  static RecordedFile& of(sqlite3_file* file) { return *reinterpret_cast<RecordedFile*>(file); }
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

template <auto Method, class... Arguments>
int pass_on(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* const real = RecordedFile::of(file).real();
  return (real->pMethods->*Method)(real, arguments...);
}

void barrier(sqlite3_file* file) {
  sqlite3_file* const real = RecordedFile::of(file).real();
  real->pMethods->xShmBarrier(real);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const int code = pass_on<&sqlite3_io_methods::xWrite>(file, bytes, size, offset);
  if (code == SQLITE_OK) {
    current_trace->write(RecordedFile::of(file).file, offset,
                         {static_cast<const char*>(bytes), static_cast<std::size_t>(size)});
  }
  return code;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = pass_on<&sqlite3_io_methods::xTruncate>(file, size);
  if (code == SQLITE_OK) current_trace->truncate(RecordedFile::of(file).file, size);
  return code;
}

int sync(sqlite3_file* file, int flags) {
  const int code = pass_on<&sqlite3_io_methods::xSync>(file, flags);
  if (code != SQLITE_OK) return code;
  RecordedFile& recorded = RecordedFile::of(file);
  current_trace->sync(recorded.file);
  if (std::exchange(recorded.folder_is_due, false)) current_trace->sync_folder();
  return code;
}

constexpr sqlite3_io_methods kMethods{
    .iVersion = 2,
    .xClose = pass_on<&sqlite3_io_methods::xClose>,
    .xRead = pass_on<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = pass_on<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass_on<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass_on<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass_on<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = pass_on<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass_on<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass_on<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = pass_on<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    .xShmLock = pass_on<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = barrier,
    .xShmUnmap = pass_on<&sqlite3_io_methods::xShmUnmap, int>,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* real_of(sqlite3_vfs* self) {
  return static_cast<sqlite3_vfs*>(self->pAppData);
}

int open(sqlite3_vfs* self, sqlite3_filename path, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* const real = real_of(self);
  constexpr int kKeptBeside = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  if ((flags & (SQLITE_OPEN_MAIN_DB | kKeptBeside)) == 0) return real->xOpen(real, path, file, flags, flags_out);
  file->pMethods = nullptr;  // nothing to close yet
  auto* const recorded = new (static_cast<void*>(file)) RecordedFile;
  const int code = real->xOpen(real, path, recorded->real(), flags, flags_out);
  if (code != SQLITE_OK) return code;
  recorded->file = current_trace->open(name_of(path));
  recorded->folder_is_due = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kKeptBeside) != 0;
  file->pMethods = &kMethods;
  return code;
}

int remove(sqlite3_vfs* self, const char* path, int sync_folder) {
  sqlite3_vfs* const real = real_of(self);
  const int code = real->xDelete(real, path, sync_folder);
  if (code != SQLITE_OK) return code;
  current_trace->remove(name_of(path));
  if (sync_folder != 0) current_trace->sync_folder();
  return code;
}

/// Never moved and never gone: SQLite and the store's own VFS keep its address.
sqlite3_vfs& recording_over(sqlite3_vfs* real) {
  static sqlite3_vfs vfs = [real] {
    sqlite3_vfs made = *real;
    made.szOsFile += static_cast<int>(sizeof(RecordedFile));
    made.zName = "recording";
    made.pNext = nullptr;
    made.pAppData = real;
    made.xOpen = open;
    made.xDelete = remove;
    return made;
  }();
  return vfs;
}

}  // namespace

Recording::Recording(DiskTrace& trace) {
  sqlite3_initialize();
  real_ = sqlite3_vfs_find(nullptr);
  current_trace = &trace;
  sqlite3_vfs_register(&recording_over(real_), 1);
}

Recording::~Recording() {
  sqlite3_vfs_register(real_, 1);
}

}  // namespace tests::power
