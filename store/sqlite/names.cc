#include "store/sqlite/names.h"

namespace store::sqlite {
namespace {

template <class... Words>
std::int64_t find_or_insert(Connection& db, Statement& find, Statement& insert, const Words&... words) {
  {
    auto rows = find.query(words...);
    if (rows.next()) return find.integer(0);
  }
  insert.run(words...);
  return db.last_insert_id();
}

}  // namespace

std::int64_t Names::event_kind(std::string_view type, std::string_view handler) {
  for (const EventKind& kind : kinds_) {
    if (kind.type == type && kind.handler == handler) return kind.id;
  }
  const std::int64_t id = find_or_insert(db_, find_kind_, insert_kind_, type, handler);
  if (kinds_.size() == kMostKinds) kinds_.clear();
  kinds_.push_back({std::string(type), std::string(handler), id});
  return id;
}

std::int64_t Names::origin(const ShardKey& shard, std::string_view rules_version) {
  if (origin_.id == 0 || origin_.stream != shard.stream || origin_.shard != shard.shard ||
      origin_.rules_version != rules_version) {
    const std::int64_t id = find_or_insert(db_, find_origin_, insert_origin_, shard.stream, shard.shard, rules_version);
    origin_ = {std::string(shard.stream), std::string(shard.shard), std::string(rules_version), id};
  }
  return origin_.id;
}

void Names::forget() {
  kinds_.clear();
  origin_ = {};
}

}  // namespace store::sqlite
