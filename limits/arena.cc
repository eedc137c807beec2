#include "limits/arena.h"

#include <algorithm>

namespace limits {

std::string_view Arena::keep(std::string_view bytes) {
  return commit(bytes.copy(reserve(bytes.size()), bytes.size()));
}

char* Arena::reserve(std::size_t most) {
  while (current_ < blocks_.size() && blocks_[current_].size - used_ < most) {
    ++current_;
    used_ = 0;
  }
  if (current_ == blocks_.size()) {
    const std::size_t size = std::max(most, kBlock);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
  }
  return blocks_[current_].bytes.get() + used_;
}

std::string_view Arena::commit(std::size_t size) {
  const std::string_view kept(blocks_[current_].bytes.get() + used_, size);
  used_ += size;
  return kept;
}

void Arena::clear() {
  std::size_t kept = 0;
  std::erase_if(blocks_, [&](const Block& block) {
    if (kept + block.size > kKept) return true;
    kept += block.size;
    return false;
  });
  current_ = 0;
  used_ = 0;
}

}  // namespace limits
