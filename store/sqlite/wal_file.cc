#include "store/sqlite/wal_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <utility>

#include <sqlite3.h>

namespace store::sqlite {
namespace {

/// Some thirty pages. SQLite's unix VFS can write no more than 0x1ffff bytes at once (seekAndWriteFd in os_unix.c).
constexpr std::size_t kBufferBytes = std::size_t{124} << 10;
static_assert(kBufferBytes <= 0x1ffff);

/// A frame is a header and a page, written by two calls. The second number of the header is not zero in the last frame
/// of a transaction, and only there (https://sqlite.org/fileformat2.html#the_write_ahead_log).
bool is_last_header(std::span<const std::byte> bytes) {
  constexpr std::size_t kHeaderBytes = 24;
  std::uint32_t pages_after_commit = 0;
  if (bytes.size() != kHeaderBytes) return false;
  std::memcpy(&pages_after_commit, bytes.data() + sizeof pages_after_commit, sizeof pages_after_commit);
  return pages_after_commit != 0;
}

/// A write-ahead log that is open for writing. The file of the default VFS follows it in memory.
class WalFile {
 public:
  static WalFile& of(sqlite3_file* file) { return *reinterpret_cast<WalFile*>(file); }
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  [[nodiscard]] bool has_buffer() const { return buffer_ != nullptr; }

  /// Gathers what continues the write before it; all else goes to the file at once.
  int write(std::span<const std::byte> bytes, sqlite3_int64 offset) {
    const bool continues = offset == end_;
    const bool last = continues && last_header_;
    last_header_ = is_last_header(bytes);
    end_ = offset + std::ssize(bytes);
    if (!continues || filled_ + bytes.size() > kBufferBytes) {
      if (const int code = flush(); code != SQLITE_OK) return code;
    }
    if (!continues || bytes.size() > kBufferBytes) return write_to_file(bytes, offset);
    if (filled_ == 0) begin_ = offset;
    std::memcpy(buffer_.get() + filled_, bytes.data(), bytes.size());
    filled_ += bytes.size();
    return last ? flush() : SQLITE_OK;
  }

  /// What cannot be written is forgotten: SQLite gives up the transaction.
  int flush() {
    const auto size = std::exchange(filled_, 0);
    return size == 0 ? SQLITE_OK : write_to_file({buffer_.get(), size}, begin_);
  }

 private:
  int write_to_file(std::span<const std::byte> bytes, sqlite3_int64 offset) {
    return real()->pMethods->xWrite(real(), bytes.data(), static_cast<int>(bytes.size()), offset);
  }

  [[maybe_unused]] sqlite3_file base_{};  ///< What SQLite sees of it.
  std::unique_ptr<std::byte[]> buffer_{new (std::nothrow) std::byte[kBufferBytes]};
  std::size_t filled_ = 0;
  sqlite3_int64 begin_ = 0;  ///< Of what is in the buffer.
  sqlite3_int64 end_ = -1;   ///< Of the last write.
  bool last_header_ = false;
};

/// Passes a call on to the default VFS, after what was written before it.
template <auto Method, class... Arguments>
int after_flush(sqlite3_file* file, Arguments... arguments) {
  WalFile& wal = WalFile::of(file);
  if (const int code = wal.flush(); code != SQLITE_OK) return code;
  return (wal.real()->pMethods->*Method)(wal.real(), arguments...);
}

template <auto Method, class... Arguments>
int at_once(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* const real = WalFile::of(file).real();
  return (real->pMethods->*Method)(real, arguments...);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  return WalFile::of(file).write({static_cast<const std::byte*>(bytes), static_cast<std::size_t>(size)}, offset);
}

/// What was not written by now belongs to no finished transaction.
int close(sqlite3_file* file) {
  const int code = at_once<&sqlite3_io_methods::xClose>(file);
  WalFile::of(file).~WalFile();
  return code;
}

constexpr sqlite3_io_methods kMethods{
    .iVersion = 1,
    .xClose = close,
    .xRead = after_flush<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = after_flush<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = after_flush<&sqlite3_io_methods::xSync, int>,
    .xFileSize = after_flush<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = at_once<&sqlite3_io_methods::xLock, int>,
    .xUnlock = at_once<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = at_once<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = at_once<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = at_once<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = at_once<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,  // SQLite asks the database's file for shared memory, never its log
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

/// Named after the VFS that it is over.
struct WalVfs {
  sqlite3_vfs vfs;  // the first, so that SQLite's pointer is also ours
  sqlite3_vfs* real;
  std::string name;
};

int open(sqlite3_vfs* self, sqlite3_filename path, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* const real = reinterpret_cast<WalVfs*>(self)->real;
  if ((flags & SQLITE_OPEN_WAL) == 0) return real->xOpen(real, path, file, flags, flags_out);
  file->pMethods = nullptr;  // nothing to close yet
  auto* const wal = new (static_cast<void*>(file)) WalFile;
  const int code = wal->has_buffer() ? real->xOpen(real, path, wal->real(), flags, flags_out) : SQLITE_NOMEM;
  if (code == SQLITE_OK) {
    file->pMethods = &kMethods;
  } else {
    wal->~WalFile();
  }
  return code;
}

}  // namespace

const char* wal_vfs() {
  static std::mutex mutex;
  static std::list<WalVfs> made;  // never moved: SQLite keeps their addresses
  sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
  const std::scoped_lock lock(mutex);
  const auto known = std::ranges::find(made, real, &WalVfs::real);
  if (known != made.end()) return known->name.c_str();

  WalVfs& wal = made.emplace_back(*real, real, std::string("user-limits over ") + real->zName);
  wal.vfs.szOsFile += static_cast<int>(sizeof(WalFile));
  wal.vfs.zName = wal.name.c_str();
  wal.vfs.pNext = nullptr;
  wal.vfs.xOpen = open;
  sqlite3_vfs_register(&wal.vfs, 0);
  return wal.vfs.zName;
}

}  // namespace store::sqlite
