#pragma once

#include <type_traits>

#include "store/sqlite/connection.h"

namespace store::sqlite {

/// What the work returns, or the failure that it threw.
template <class Work>
auto guarded(Work work) -> Result<std::invoke_result_t<Work>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const Failure& failure) {
    return std::unexpected(failure.error);
  }
}

}  // namespace store::sqlite
