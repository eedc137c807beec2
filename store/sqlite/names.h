#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/connection.h"

namespace store::sqlite {

/// The numbers of words that many rows repeat: reads and writes event_kind and origin.
class Names {
 public:
  explicit Names(Connection& db) : db_(db) {}

  [[nodiscard]] std::int64_t event_kind(std::string_view type, std::string_view handler);
  [[nodiscard]] std::int64_t origin(const ShardKey& shard, std::string_view rules_version);

  /// After a rollback: what was remembered may never have come to be.
  void forget();

 private:
  struct EventKind {
    std::string type;
    std::string handler;
    std::int64_t id;
  };
  struct Origin {
    std::string stream;
    std::string shard;
    std::string rules_version;
    std::int64_t id = 0;
  };
  static constexpr std::size_t kMostKinds = 64;

  Connection& db_;
  std::vector<EventKind> kinds_;
  Origin origin_;

  Statement find_kind_{db_, "SELECT kind_id FROM event_kind WHERE type = ? AND handler = ?"};
  Statement insert_kind_{db_, "INSERT INTO event_kind (type, handler) VALUES (?, ?)"};
  Statement find_origin_{db_, "SELECT origin_id FROM origin WHERE stream = ? AND shard = ? AND rules_version = ?"};
  Statement insert_origin_{db_, "INSERT INTO origin (stream, shard, rules_version) VALUES (?, ?, ?)"};
};

}  // namespace store::sqlite
