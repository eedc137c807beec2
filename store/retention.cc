#include "store/retention.h"

namespace store {

bool Retention::takes(std::int64_t change_id, std::string_view handler, std::string_view fields) {
  if (change_id >= before_change_) return false;
  const limits::Handler* const known = limits::find_handler(handler);
  if (known == nullptr) return false;  // nobody can say what it set
  return !set_.add(limits::groups_of(*known, fields));
}

}  // namespace store
