#include "tests/support/temporary_folder.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <stdlib.h>

namespace tests {

TemporaryFolder::TemporaryFolder() : path_(std::filesystem::temp_directory_path() / "user-limits-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) throw std::system_error(errno, std::generic_category(), path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace tests
