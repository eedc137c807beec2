#pragma once

#include <cstdint>

#include "cli/diagnosis.h"
#include "cli/properties_file.h"

namespace cli {

/// What the daemon's memory is measured by.
struct Load {
  std::int64_t heap_bytes = 0;  ///< of the daemon's JVM
  std::int64_t shards = 0;      ///< that one daemon may have to carry
  std::int64_t record_bytes = 0;
};

/// What daemon/run-daemon gives the JVM: 60 percent of what this machine, or the container, has.
[[nodiscard]] std::int64_t default_heap_bytes();

/// Looks at what the file says to the daemon itself; docs/protocol.md has the facts behind it.
void check_daemon(const PropertiesFile& file, const Load& load, Diagnosis& diagnosis);

}  // namespace cli
