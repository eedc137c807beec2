#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limits/change.h"

namespace store::sqlite {

[[nodiscard]] std::size_t hash_of(const limits::LimitKey&);

/// Which changes of a batch are of one limit. Its memory is reused from batch to batch.
class BatchIndex {
 public:
  struct Group {
    limits::LimitKey key;
    std::size_t hash = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  static constexpr std::uint32_t kEnd = UINT32_MAX;

  void build(std::span<const limits::Change> changes);

  /// In the order in which the limits first come.
  [[nodiscard]] std::span<const Group> groups() const { return groups_; }
  /// The next change of the same limit after change `i`, in the order of the stream, or kEnd.
  [[nodiscard]] std::uint32_t next(std::uint32_t i) const { return next_[i]; }
  [[nodiscard]] std::uint32_t group_of(std::uint32_t i) const { return group_of_[i]; }

 private:
  std::vector<Group> groups_;
  std::vector<std::uint32_t> next_;
  std::vector<std::uint32_t> group_of_;
  std::vector<std::uint32_t> slots_;  ///< open addressing: a group's number, or kEnd
};

}  // namespace store::sqlite
