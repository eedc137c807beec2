#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace tests::power {

/// One call that changed what a disk holds, or made a change last.
struct Operation {
  enum class Kind : std::uint8_t { kWrite, kTruncate, kSync, kCreate, kDelete, kSyncFolder };
  Kind kind{};
  std::size_t file = 0;  ///< which file; a name that was deleted and made again is another file. Not for kSyncFolder.
  std::int64_t offset = 0;  ///< kWrite: of the bytes; kTruncate: the new size
  std::string bytes;        ///< kWrite: what was written; kCreate, kDelete: the file's name
};

/// Files by name, as a power cut left them.
using Image = std::map<std::string, std::string>;

/// What a power cut does to what was not synced.
enum class Fate : std::uint8_t {
  kLost,   ///< nothing of it is on the disk
  kKept,   ///< all of it is
  kMixed,  ///< each call for itself, in any order: lost, kept, or torn at sectors of 512 bytes
};

/// All calls on the files of one folder, in their order.
///
/// Assumed of a disk: a sync of a file makes all earlier writes and sizes of that file last, whoever made them, and
/// says nothing of other files. Names that come and go do so in their order, and last from the next sync of the folder
/// on. A sector is written whole or not at all, and writing one harms no other.
class DiskTrace {
 public:
  /// The file that has the name now; a new one if there is none.
  std::size_t open(const std::string& name);
  void write(std::size_t file, std::int64_t offset, std::string bytes);
  void truncate(std::size_t file, std::int64_t size);
  void sync(std::size_t file);
  void remove(const std::string& name);
  void sync_folder();

  [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }

  /// The disk if power failed after the first `count` operations.
  [[nodiscard]] Image after_crash(std::size_t count, Fate, std::mt19937_64& random) const;

 private:
  [[nodiscard]] std::string content(std::size_t file, std::size_t count, Fate, std::mt19937_64& random) const;

  std::vector<Operation> operations_;
  std::map<std::string, std::size_t> names_;
  std::size_t files_ = 0;
};

}  // namespace tests::power
