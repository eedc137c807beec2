#pragma once

#include <cstddef>

namespace kcl::internal {

/// Lines may be a gigabyte, and nearly all are below one megabyte: what a longer line than this made us allocate is
/// given back after it. The rest is kept, so that usual lines allocate nothing.
inline constexpr std::size_t kKeptBytes = std::size_t{16} << 20;

}  // namespace kcl::internal
