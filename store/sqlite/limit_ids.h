#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "limits/ids.h"

namespace store::sqlite {

/// Remembers which number the store gave a limit: that never changes and a number never comes again. Keeps the limits
/// used most recently, between `kGeneration` and twice as many.
class LimitIds {
 public:
  static constexpr std::size_t kGeneration = 8192;

  [[nodiscard]] std::optional<std::int64_t> find(const limits::LimitKey& key, std::size_t hash);
  void add(const limits::LimitKey& key, std::size_t hash, std::int64_t limit_id);
  void clear();

 private:
  struct View {
    limits::LimitKey key;
    std::size_t hash;
  };
  /// Both ids in one piece of memory: a look-up is mostly waiting for memory.
  struct Owned {
    explicit Owned(const View& view);
    [[nodiscard]] limits::LimitKey key() const;

    std::size_t hash;
    std::size_t split;
    std::string ids;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const View& view) const { return view.hash; }
    std::size_t operator()(const Owned& owned) const { return owned.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Owned& a, const Owned& b) const { return a.key() == b.key(); }
    bool operator()(const View& a, const Owned& b) const { return a.key == b.key(); }
  };
  using Generation = std::unordered_map<Owned, std::int64_t, Hash, Equal>;

  Generation young_;
  Generation old_;  ///< dropped when the young one is full; what is asked for moves to the young one
};

}  // namespace store::sqlite
