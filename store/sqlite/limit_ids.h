#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "limits/ids.h"

namespace store::sqlite {

/// Remembers which number the store gave a limit: that never changes and a number never comes again. Keeps the limits
/// used most recently, between `kGeneration` and twice as many.
class LimitIds {
 public:
  static constexpr std::size_t kGeneration = 8192;

  /// `hash` is hash_of(key).
  [[nodiscard]] std::optional<std::int64_t> find(const limits::LimitKey& key, std::size_t hash);
  void add(const limits::LimitKey& key, std::size_t hash, std::int64_t limit_id);
  void clear();

 private:
  /// A hash table in two pieces of memory, because a look-up is mostly waiting for memory.
  class Table {
   public:
    [[nodiscard]] std::optional<std::int64_t> find(const limits::LimitKey& key, std::size_t hash) const;
    void add(const limits::LimitKey& key, std::size_t hash, std::int64_t limit_id);
    [[nodiscard]] bool full() const { return size_ == kGeneration; }

   private:
    struct Slot {
      std::size_t hash;
      std::int64_t limit_id;  ///< 0: free
      std::size_t start;      ///< of the ids in `ids_`: the limit's, then the aggregate's
      std::uint32_t limit_size;
      std::uint32_t aggregate_size;
    };
    [[nodiscard]] bool holds(const Slot& slot, const limits::LimitKey& key, std::size_t hash) const;

    std::vector<Slot> slots_;
    std::string ids_;
    std::size_t size_ = 0;
  };

  Table young_;
  Table old_;  ///< goes when the young one is full; what is asked for is copied to the young one before
};

}  // namespace store::sqlite
