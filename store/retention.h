#pragma once

#include <cstdint>
#include <string_view>

#include "limits/handlers.h"

namespace store {

/// What stays of a limit when the changes below an id are pruned: those of them that set a group. Each group keeps the
/// highest stamp, so these fold to what all of them folded to. One per limit and prune.
class Retention {
 public:
  explicit Retention(std::int64_t before_change) : before_change_(before_change) {}

  /// To be asked of the limit's changes from the highest stamp down.
  [[nodiscard]] bool takes(std::int64_t change_id, std::string_view handler, std::string_view fields);

 private:
  std::int64_t before_change_;
  limits::Groups set_;
};

}  // namespace store
