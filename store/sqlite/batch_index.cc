#include "store/sqlite/batch_index.h"

#include <bit>
#include <functional>

namespace store::sqlite {

std::size_t hash_of(const limits::LimitKey& key) {
  constexpr std::hash<std::string_view> hash;
  return hash(key.user_limit_id) * 31 + hash(key.aggregate_id);
}

void BatchIndex::build(std::span<const limits::Change> changes) {
  groups_.clear();
  next_.assign(changes.size(), kEnd);
  group_of_.resize(changes.size());
  slots_.assign(std::bit_ceil(2 * changes.size() + 1), kEnd);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    const limits::LimitKey& key = changes[i].key;
    const std::size_t hash = hash_of(key);
    std::size_t slot = hash & mask;
    while (slots_[slot] != kEnd && (groups_[slots_[slot]].hash != hash || groups_[slots_[slot]].key != key)) {
      slot = (slot + 1) & mask;
    }
    if (slots_[slot] == kEnd) {
      slots_[slot] = static_cast<std::uint32_t>(groups_.size());
      groups_.push_back({.key = key, .hash = hash, .first = i, .last = i});
    } else {
      Group& group = groups_[slots_[slot]];
      next_[group.last] = i;
      group.last = i;
    }
    group_of_[i] = slots_[slot];
  }
}

}  // namespace store::sqlite
