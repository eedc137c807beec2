#pragma once

#include <functional>
#include <string>
#include <string_view>

struct sqlite3_vfs;

namespace tests {

/// While one lives, every connection that is opened goes through it, and `watcher` hears of each call that changes a
/// file, just before it happens, and may let it fail. One at a time.
class WatchedFiles {
 public:
  enum class Call { kWrite, kSync, kTruncate };
  /// `file` is the path; empty for a file without a name. Returns SQLITE_OK, or the code to fail with instead.
  using Watcher = std::function<int(Call, std::string_view file)>;

  explicit WatchedFiles(Watcher watcher);
  ~WatchedFiles();
  WatchedFiles(const WatchedFiles&) = delete;
  WatchedFiles& operator=(const WatchedFiles&) = delete;
};

}  // namespace tests
