#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "limits/ids.h"
#include "store/sqlite/chain.h"
#include "store/sqlite/fold.h"

namespace store::sqlite {

/// Remembers limits, so that they need not be read again: the number that the store gave a limit, which never changes,
/// and its row of limit_progress while nobody else writes. 160 bytes each, up to `kLimits` limits: newer ones take the
/// place of others then. What is not remembered is read from the store: nothing else depends on it.
class LimitCache {
 public:
  static constexpr std::size_t kLimits = std::size_t{1} << 14;

  /// Sets the limit's number, if it is known, and all that its row says, if that is known too; then it returns true.
  /// Text in the limit lives until the next call of `keep` or `clear`. `hash` is hash_of(key).
  [[nodiscard]] bool find(const limits::LimitKey& key, std::size_t hash, Limit& limit) const;
  /// The limit is stored as it is here.
  void keep(const limits::LimitKey& key, std::size_t hash, const Limit& limit);
  /// A transaction begins. If others wrote since the last one, the rows are no longer known. Nor are any kept in this
  /// transaction: while others go on writing, none would be good for the next.
  void begin(bool others_wrote);
  void clear();

 private:
  /// Rows are known that were kept since others wrote, which the epoch tells.
  using Epoch = std::uint32_t;
  static constexpr Epoch kNoRow = 0;

  /// Of a fixed size, and near its like in memory: a look-up is mostly waiting for memory.
  struct Entry {
    /// The two parts of the limit's key, the event id of its stamp, its progress, the event id of its floor.
    static constexpr std::size_t kTexts = 5;

    std::int64_t limit_id = 0;
    std::int64_t sequence = 0;
    std::int64_t next_reset_time = 0;
    std::int64_t defined_by = 0;
    std::int64_t floor_sequence = 0;
    chain::End newest;
    Epoch epoch = kNoRow;
    bool has_next_reset_time : 1 = false;
    bool is_defined : 1 = false;
    bool has_floor : 1 = false;
    std::array<std::uint8_t, kTexts> sizes{};
    std::array<char, 86> text{};  ///< one after the other

    /// False if there is no room for the text.
    [[nodiscard]] bool set_key(const limits::LimitKey& key);
    [[nodiscard]] bool set_row(const limits::LimitKey& key, const Limit& limit);

   private:
    bool set_texts(std::span<const std::string_view> texts);
  };
  static_assert(sizeof(Entry) == 160, "no byte of it is wasted");

  /// A limit may be at any of the places of its set. Which is told by some bits of the hash, all side by side. Its
  /// entry is where there was room: memory is taken by limits, not by places.
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kSets = kLimits / kWays;
  using Tag = std::uint32_t;
  static constexpr Tag kFree = 0;

  [[nodiscard]] static Tag tag_of(std::size_t hash) { return static_cast<Tag>(hash >> 32) | 1; }
  /// Of the limit's entry.
  using Number = std::uint16_t;
  static_assert(kLimits - 1 <= std::numeric_limits<Number>::max());
  [[nodiscard]] std::optional<Number> number_of(const limits::LimitKey& key, std::size_t hash) const;
  [[nodiscard]] Number new_number(std::size_t hash);

  struct Place {
    Tag tag = kFree;
    Number number = 0;
  };
  std::vector<Place> places_;
  std::vector<Entry> entries_;
  Epoch epoch_ = kNoRow + 1;
  bool keeps_rows_ = true;
  std::size_t next_victim_ = 0;
};

}  // namespace store::sqlite
