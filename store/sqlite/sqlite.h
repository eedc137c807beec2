#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "store/store.h"

/// The store of one host: children, API and CLI share one file.
namespace store::sqlite {

struct Options {
  bool history = true;
  /// Bounds the wait for a turn in the queue of our own writers, who may be many and slow.
  std::chrono::milliseconds turn_patience = std::chrono::seconds(30);
  /// Bounds each wait for a lock of SQLite's. Having the turn, only another program can be in the way.
  std::chrono::milliseconds lock_patience = std::chrono::milliseconds(1500);
};

/// Creates the file if it is not there, and its folder if that one's parent is. kFatal for a file that is not sound,
/// not ours or of a newer version.
[[nodiscard]] Result<std::unique_ptr<Store>> open(const std::string& path, Options = {});

/// Creates nothing and writes nothing. kAbsent for a file that is not there, kBusy for one that is just being made.
[[nodiscard]] Result<std::unique_ptr<Reader>> open_reader(const std::string& path);

}  // namespace store::sqlite
