#include "store/sqlite/limit_ids.h"

#include <utility>

namespace store::sqlite {
namespace {

constexpr std::size_t kSlots = 2 * LimitIds::kGeneration;
static_assert((kSlots & (kSlots - 1)) == 0, "places are taken by a mask");

}  // namespace

bool LimitIds::Table::holds(const Slot& slot, const limits::LimitKey& key, std::size_t hash) const {
  const std::string_view ids = std::string_view(ids_).substr(slot.start);
  return slot.hash == hash && key.user_limit_id == ids.substr(0, slot.limit_size) &&
         key.aggregate_id == ids.substr(slot.limit_size, slot.aggregate_size);
}

std::optional<std::int64_t> LimitIds::Table::find(const limits::LimitKey& key, std::size_t hash) const {
  if (size_ == 0) return std::nullopt;
  for (std::size_t place = hash;; ++place) {
    const Slot& slot = slots_[place % kSlots];
    if (slot.limit_id == 0) return std::nullopt;
    if (holds(slot, key, hash)) return slot.limit_id;
  }
}

void LimitIds::Table::add(const limits::LimitKey& key, std::size_t hash, std::int64_t limit_id) {
  slots_.resize(kSlots);
  std::size_t place = hash;
  while (slots_[place % kSlots].limit_id != 0) ++place;
  slots_[place % kSlots] = {.hash = hash,
                            .limit_id = limit_id,
                            .start = ids_.size(),
                            .limit_size = static_cast<std::uint32_t>(key.user_limit_id.size()),
                            .aggregate_size = static_cast<std::uint32_t>(key.aggregate_id.size())};
  ids_.append(key.user_limit_id).append(key.aggregate_id);
  ++size_;
}

std::optional<std::int64_t> LimitIds::find(const limits::LimitKey& key, std::size_t hash) {
  if (const auto found = young_.find(key, hash)) return found;
  const auto found = old_.find(key, hash);
  if (found) add(key, hash, *found);
  return found;
}

void LimitIds::add(const limits::LimitKey& key, std::size_t hash, std::int64_t limit_id) {
  if (young_.full()) old_ = std::exchange(young_, {});
  young_.add(key, hash, limit_id);
}

void LimitIds::clear() {
  young_ = {};
  old_ = {};
}

}  // namespace store::sqlite
