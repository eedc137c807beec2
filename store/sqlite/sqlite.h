#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "store/store.h"

/// The store of one host: children, API and CLI share one file.
namespace store::sqlite {

struct Options {
  bool history = true;
  /// Bounds each wait for other writers.
  std::chrono::milliseconds patience = std::chrono::seconds(30);
};

/// Creates the file if it is not there, and its folder if that one's parent is. kFatal for a file that is not sound,
/// not ours or of a newer version.
[[nodiscard]] Result<std::unique_ptr<Store>> open(const std::string& path, Options = {});

/// Creates nothing and writes nothing. kFatal for a file that is not there, kBusy for one that is just being made.
[[nodiscard]] Result<std::unique_ptr<Reader>> open_reader(const std::string& path);

}  // namespace store::sqlite
