#pragma once

#include <cstdint>
#include <string_view>

namespace store {

/// What stays of a limit when the changes below an id are pruned: of these, the one that set the progress and the one
/// that set the definition. Each group keeps the highest stamp, so the two (or one, if it is the same) fold to what all
/// of them folded to. One per limit and prune.
class Retention {
 public:
  explicit Retention(std::int64_t before_change) : before_change_(before_change) {}

  /// To be asked of the limit's changes from the highest stamp down.
  [[nodiscard]] bool takes(std::int64_t change_id, std::string_view handler);

 private:
  std::int64_t before_change_;
  bool has_progress_ = false;
  bool has_definition_ = false;
};

}  // namespace store
