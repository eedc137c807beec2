#include "tests/fault/power/disk_trace.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace tests::power {
namespace {

using Kind = Operation::Kind;
constexpr std::size_t kSector = 512;

bool one_in(int n, std::mt19937_64& random) {
  return std::uniform_int_distribution(1, n)(random) == 1;
}

void put(std::string& content, std::size_t offset, std::string_view bytes) {
  content.resize(std::max(content.size(), offset + bytes.size()));
  content.replace(offset, bytes.size(), bytes);
}

void perform(std::string& content, const Operation& operation) {
  const auto offset = static_cast<std::size_t>(operation.offset);
  if (operation.kind == Kind::kWrite) put(content, offset, operation.bytes);
  if (operation.kind == Kind::kTruncate) content.resize(offset);
}

/// Some of a write's sectors, as the disk lays them out, whichever those are.
void tear(std::string& content, const Operation& write, std::mt19937_64& random) {
  const auto start = static_cast<std::size_t>(write.offset);
  const std::size_t end = start + write.bytes.size();
  for (std::size_t at = start; at < end;) {
    const std::size_t next = std::min(end, (at / kSector + 1) * kSector);
    if (one_in(2, random)) put(content, at, std::string_view(write.bytes).substr(at - start, next - at));
    at = next;
  }
}

void mix(std::string& content, std::vector<const Operation*> pending, std::mt19937_64& random) {
  std::ranges::shuffle(pending, random);
  for (const Operation* operation : pending) {
    if (one_in(3, random)) continue;
    if (operation->kind == Kind::kWrite && one_in(3, random)) {
      tear(content, *operation, random);
    } else {
      perform(content, *operation);
    }
  }
}

}  // namespace

std::size_t DiskTrace::open(const std::string& name) {
  const auto [place, is_new] = names_.try_emplace(name, files_);
  if (is_new) operations_.push_back({.kind = Kind::kCreate, .file = files_++, .offset = 0, .bytes = name});
  return place->second;
}

void DiskTrace::write(std::size_t file, std::int64_t offset, std::string bytes) {
  operations_.push_back({.kind = Kind::kWrite, .file = file, .offset = offset, .bytes = std::move(bytes)});
}

void DiskTrace::truncate(std::size_t file, std::int64_t size) {
  operations_.push_back({.kind = Kind::kTruncate, .file = file, .offset = size, .bytes = {}});
}

void DiskTrace::sync(std::size_t file) {
  operations_.push_back({.kind = Kind::kSync, .file = file, .offset = 0, .bytes = {}});
}

void DiskTrace::remove(const std::string& name) {
  const auto place = names_.find(name);
  if (place == names_.end()) return;
  operations_.push_back({.kind = Kind::kDelete, .file = place->second, .offset = 0, .bytes = name});
  names_.erase(place);
}

void DiskTrace::sync_folder() {
  operations_.push_back({.kind = Kind::kSyncFolder, .file = 0, .offset = 0, .bytes = {}});
}

Image DiskTrace::after_crash(std::size_t count, Fate fate, std::mt19937_64& random) const {
  std::vector<const Operation*> entries;  // names made and deleted
  std::size_t lasting = 0;
  for (const Operation& operation : operations_ | std::views::take(count)) {
    if (operation.kind == Kind::kCreate || operation.kind == Kind::kDelete) entries.push_back(&operation);
    if (operation.kind == Kind::kSyncFolder) lasting = entries.size();
  }
  if (fate == Fate::kKept) lasting = entries.size();
  if (fate == Fate::kMixed) lasting = std::uniform_int_distribution(lasting, entries.size())(random);

  std::map<std::string, std::size_t> names;
  for (const Operation* entry : entries | std::views::take(lasting)) {
    if (entry->kind == Kind::kCreate) names[entry->bytes] = entry->file;
    if (entry->kind == Kind::kDelete) names.erase(entry->bytes);
  }
  Image image;
  for (const auto& [name, file] : names) image[name] = content(file, count, fate, random);
  return image;
}

std::string DiskTrace::content(std::size_t file, std::size_t count, Fate fate, std::mt19937_64& random) const {
  std::string content;
  std::vector<const Operation*> pending;
  const auto perform_pending = [&] {
    for (const Operation* operation : pending) perform(content, *operation);
    pending.clear();
  };
  for (const Operation& operation : operations_ | std::views::take(count)) {
    if (operation.file != file) continue;
    if (operation.kind == Kind::kSync) perform_pending();
    if (operation.kind == Kind::kWrite || operation.kind == Kind::kTruncate) pending.push_back(&operation);
  }
  if (fate == Fate::kKept) perform_pending();
  if (fate == Fate::kMixed) mix(content, std::move(pending), random);
  return content;
}

}  // namespace tests::power
