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

std::optional<LimitCache::Number> LimitCache::number_of(const limits::LimitKey& key, std::size_t hash) const {
  if (places_.empty()) return std::nullopt;
  const Tag tag = tag_of(hash);
  for (const Place& place : std::span(places_).subspan(hash % kSets * kWays, kWays)) {
    if (place.tag != tag) continue;
    const Entry& entry = entries_[place.number];
    Texts texts(entry.text.data(), entry.sizes);
    if (texts.next() == key.user_limit_id && texts.next() == key.aggregate_id) return place.number;
  }
  return std::nullopt;
}

/// A free place of the limit's set gets the next one; if there is none, another limit gives its own.
LimitCache::Number LimitCache::new_number(std::size_t hash) {
  if (places_.empty()) {
    places_.resize(kLimits);
    entries_.reserve(kLimits);  // memory that is not touched takes none
  }
  const auto set = std::span(places_).subspan(hash % kSets * kWays, kWays);
  const auto free = std::ranges::find(set, kFree, &Place::tag);
  Place& place = free != set.end() ? *free : set[next_victim_++ % kWays];
  if (place.tag == kFree) {
    place.number = static_cast<Number>(entries_.size());
    entries_.emplace_back();
  }
  place.tag = tag_of(hash);
  return place.number;
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
  const auto number = number_of(key, hash);
  if (!number) return false;
  const Entry& entry = entries_[*number];
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
  const auto known = number_of(key, hash);
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
  entries_[known ? *known : new_number(hash)] = entry;
}

void LimitCache::clear() {
  places_.clear();
  entries_.clear();
}

}  // namespace store::sqlite
