#include "store/retention.h"

namespace store {

bool Retention::takes(std::int64_t change_id, std::string_view handler, std::string_view fields) {
  if (change_id >= before_change_) return false;
  const limits::Handler* const known = limits::find_handler(handler);
  if (known == nullptr) return false;  // nobody can say what it set
  const limits::Groups writes = limits::groups_of(*known, fields);
  const bool sets_one = (writes.definition && !set_.definition) || (writes.progress && !set_.progress) ||
                        (writes.terms & ~set_.terms).any();
  set_.definition |= writes.definition;
  set_.progress |= writes.progress;
  set_.terms |= writes.terms;
  return !sets_one;
}

}  // namespace store
