#include "store/sqlite/limit_cache.h"

#include <algorithm>

namespace store::sqlite {
namespace {

/// Reads or skips one text after the other.
class Texts {
 public:
  Texts(const char* text, std::span<const std::uint8_t> sizes) : text_(text), sizes_(sizes) {}
  std::string_view next() {
    const std::string_view next(text_, sizes_.front());
    text_ += next.size();
    sizes_ = sizes_.subspan(1);
    return next;
  }

 private:
  const char* text_;
  std::span<const std::uint8_t> sizes_;
};

}  // namespace

std::optional<std::size_t> LimitCache::place_of(const limits::LimitKey& key, std::size_t hash) const {
  if (tags_.empty()) return std::nullopt;
  const Tag tag = tag_of(hash);
  const std::size_t set = hash % kSets * kWays;
  for (std::size_t place = set; place < set + kWays; ++place) {
    if (tags_[place] != tag) continue;
    Texts texts(entries_[place].text.data(), entries_[place].sizes);
    if (texts.next() == key.user_limit_id && texts.next() == key.aggregate_id) return place;
  }
  return std::nullopt;
}

/// A free one of the limit's set, or that of another limit.
std::size_t LimitCache::place_for(std::size_t hash) {
  tags_.resize(kLimits, kFree);
  entries_.resize(kLimits);
  const std::size_t set = hash % kSets * kWays;
  const auto tags = std::span(tags_).subspan(set, kWays);
  const auto free = static_cast<std::size_t>(std::ranges::find(tags, kFree) - tags.begin());
  return set + (free < kWays ? free : next_victim_++ % kWays);
}

bool LimitCache::Entry::set_key(const limits::LimitKey& key) {
  return set_texts(std::array{key.user_limit_id, key.aggregate_id});
}

bool LimitCache::Entry::set_row(const limits::LimitKey& key, const Limit& limit) {
  const std::string_view floor = limit.floor ? limit.floor->event_id : std::string_view();
  if (!set_texts(std::array{key.user_limit_id, key.aggregate_id, limit.stamp.event_id, limit.progress, floor})) {
    return false;
  }
  sequence = limit.stamp.sequence.value;
  has_next_reset_time = limit.next_reset_time.has_value();
  next_reset_time = limit.next_reset_time.value_or(0);
  is_defined = limit.defined_by.has_value();
  defined_by = limit.defined_by.value_or(0);
  has_floor = limit.floor.has_value();
  floor_sequence = limit.floor ? limit.floor->sequence.value : 0;
  newest = limit.newest;
  return true;
}

bool LimitCache::Entry::set_texts(std::span<const std::string_view> texts) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].size() > text.size() - used) return false;
    sizes[i] = static_cast<std::uint8_t>(texts[i].size());
    used += texts[i].copy(text.data() + used, texts[i].size());
  }
  return true;
}

bool LimitCache::find(const limits::LimitKey& key, std::size_t hash, Limit& limit) const {
  const auto place = place_of(key, hash);
  if (!place) return false;
  const Entry& entry = entries_[*place];
  limit.id = entry.limit_id;
  if (entry.epoch != epoch_) return false;

  Texts texts(entry.text.data(), entry.sizes);
  texts.next();
  texts.next();
  limit.stamp = {.sequence = {entry.sequence}, .event_id = texts.next()};
  limit.progress = texts.next();
  if (entry.has_next_reset_time) limit.next_reset_time = entry.next_reset_time;
  if (entry.is_defined) limit.defined_by = entry.defined_by;
  limit.newest = entry.newest;
  if (entry.has_floor) limit.floor = {.sequence = {entry.floor_sequence}, .event_id = texts.next()};
  return true;
}

void LimitCache::begin(bool others_wrote) {
  keeps_rows_ = !others_wrote;
  if (others_wrote && ++epoch_ == kNoRow) {
    clear();  // the epochs begin anew
    ++epoch_;
  }
}

void LimitCache::keep(const limits::LimitKey& key, std::size_t hash, const Limit& limit) {
  const auto known = place_of(key, hash);
  if (known && !keeps_rows_) return;
  // Made apart: the limit's text may be that of the entry.
  Entry entry;
  entry.limit_id = limit.id;
  const bool is_usual = limit.has_progress() && !limit.highest;
  if (keeps_rows_ && is_usual && entry.set_row(key, limit)) {
    entry.epoch = epoch_;
  } else if (!entry.set_key(key)) {
    return;
  }
  const std::size_t place = known ? *known : place_for(hash);
  tags_[place] = tag_of(hash);
  entries_[place] = entry;
}

void LimitCache::clear() {
  std::ranges::fill(tags_, kFree);
}

}  // namespace store::sqlite
