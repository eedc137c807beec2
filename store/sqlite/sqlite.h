#pragma once

#include <memory>
#include <string>

#include "store/store.h"

/// The store of one host: children, API and CLI share one file.
namespace store::sqlite {

struct Options {
  bool history = true;
};

/// Creates the file if it is not there. kFatal for one that is not sound, not ours or of a newer version.
[[nodiscard]] Result<std::unique_ptr<Store>> open(const std::string& path, Options = {});

/// kFatal for a file that is not there: nothing is created.
[[nodiscard]] Result<std::unique_ptr<Reader>> open_reader(const std::string& path);

}  // namespace store::sqlite
