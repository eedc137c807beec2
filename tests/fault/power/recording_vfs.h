#pragma once

#include "tests/fault/power/disk_trace.h"

struct sqlite3_vfs;

namespace tests::power {

/// While it lives, SQLite's default VFS is one that passes all calls on to the real one, and notes in the trace what
/// they do to databases, write-ahead logs and rollback journals. Shared memory is passed on: it does not outlive a
/// host. One at a time; every connection opened meanwhile must be closed before its end.
class Recording {
 public:
  explicit Recording(DiskTrace& trace);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

 private:
  sqlite3_vfs* real_;
};

}  // namespace tests::power
