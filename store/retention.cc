#include "store/retention.h"

#include <utility>

#include "limits/handlers.h"

namespace store {

bool Retention::takes(std::int64_t change_id, std::string_view handler) {
  if (change_id >= before_change_) return false;
  const limits::Handler* const known = limits::find_handler(handler);
  const bool sets_definition = !has_definition_ && known != nullptr && known->defines;
  has_definition_ |= sets_definition;
  const bool sets_progress = !std::exchange(has_progress_, true);
  return !sets_progress && !sets_definition;
}

}  // namespace store
