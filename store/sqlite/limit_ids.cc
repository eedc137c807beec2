#include "store/sqlite/limit_ids.h"

#include <utility>

namespace store::sqlite {

LimitIds::Owned::Owned(const View& view) : hash(view.hash), split(view.key.user_limit_id.size()) {
  ids.reserve(split + view.key.aggregate_id.size());
  ids.append(view.key.user_limit_id).append(view.key.aggregate_id);
}

limits::LimitKey LimitIds::Owned::key() const {
  const std::string_view all = ids;
  return {.aggregate_id = all.substr(split), .user_limit_id = all.substr(0, split)};
}

std::optional<std::int64_t> LimitIds::find(const limits::LimitKey& key, std::size_t hash) {
  const View view{key, hash};
  if (const auto found = young_.find(view); found != young_.end()) return found->second;
  const auto found = old_.find(view);
  if (found == old_.end()) return std::nullopt;
  const std::int64_t limit_id = found->second;
  young_.insert(old_.extract(found));
  return limit_id;
}

void LimitIds::add(const limits::LimitKey& key, std::size_t hash, std::int64_t limit_id) {
  if (young_.size() >= kGeneration) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.emplace(Owned({key, hash}), limit_id);
}

void LimitIds::clear() {
  young_.clear();
  old_.clear();
}

}  // namespace store::sqlite
