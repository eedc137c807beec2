// power_loss [--images N] [--seed S] [--synchronous-off]
//
// Runs the real store on a disk whose calls are noted, makes images of what power cuts could have left of it, opens
// each with the real store, and holds it to the promise: what a durable commit acknowledged is there, the state is that
// after one of the batches, the database is sound, and when the rest is delivered again it is the state of a clean run.
// --synchronous-off takes all syncs away from the store, which must lose.
//
// Ends with 0 if every image kept the promise, 1 if one did not, 2 for bad usage.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/memory/memory.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/sqlite.h"
#include "tests/contract/traffic.h"
#include "tests/fault/power/disk_trace.h"
#include "tests/fault/power/recording_vfs.h"
#include "tests/support/temporary_folder.h"

namespace tests::power {
namespace {

using store::Durability;

constexpr const char* kFileName = "limits.db";
constexpr int kImagesOfARun = 50;

struct Options {
  int images = 1000;
  std::uint64_t seed = 1;
  bool synchronous_off = false;
};

template <class T>
T must(store::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().what);
  return std::move(*result);
}

/// The batches of two shards, numbered from 1 by their sequence, and the digest after each: [0] is that of no batch.
struct Plan {
  std::vector<Batch> batches;
  std::vector<std::string> digests;
};

Durability durability_of(const Batch& batch) {
  return batch.shard.checkpoint_follows ? Durability::kDurable : Durability::kCommitted;
}

Plan make_plan(std::uint64_t seed, Durability usual) {
  Plan plan{.batches = Traffic(seed, 300).delivered(), .digests = {}};
  const auto database = store::memory::create({.history = true});
  const auto clean = store::memory::open(database);
  const auto reader = store::memory::open_reader(database);
  plan.digests.push_back(must(reader->digest()));
  for (std::size_t i = 0; i < plan.batches.size(); ++i) {
    Batch& batch = plan.batches[i];
    batch.shard.sequence = keep(std::to_string(i + 1));
    batch.shard.checkpoint_follows = usual == Durability::kDurable || i % 4 == 3;
    must(clean->apply(batch.view(), Durability::kDurable));
    plan.digests.push_back(must(reader->digest()));
  }
  return plan;
}

/// What a run did to the disk, and after how many operations which batch was acknowledged as durable.
struct Run {
  struct Mark {
    std::size_t operations;
    std::size_t batch;
  };
  DiskTrace disk;
  std::vector<Mark> durable;

  [[nodiscard]] std::size_t acknowledged_before(std::size_t operations) const {
    std::size_t batch = 0;
    for (const Mark& mark : durable) {
      if (mark.operations <= operations) batch = mark.batch;
    }
    return batch;
  }
};

/// Two children take turns on one file, and now and then one more copies the log into the database, so that the next
/// commit starts the log anew: also between a commit that was not synced and the one that is.
void write_all(const Plan& plan, std::mt19937_64& random, Run& run) {
  const TemporaryFolder folder;
  const std::string path = folder.path(kFileName);
  const Recording recording(run.disk);
  const std::array writers{must(store::sqlite::open(path)), must(store::sqlite::open(path))};
  store::sqlite::Connection other(path, store::sqlite::Connection::Mode::kWrite, std::chrono::seconds(1));
  for (std::size_t i = 0; i < plan.batches.size(); ++i) {
    const Batch& batch = plan.batches[i];
    must(writers[random() % writers.size()]->apply(batch.view(), durability_of(batch)));
    if (durability_of(batch) == Durability::kDurable) {
      run.durable.push_back({.operations = run.disk.operations().size(), .batch = i + 1});
    }
    if (random() % 6 == 0) other.checkpoint();
  }
}

void write_files(const Image& image, const TemporaryFolder& folder) {
  for (const auto& [name, content] : image) {
    std::ofstream(folder.path(name), std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
  }
}

/// The number of the last batch that a store has.
std::size_t last_batch(store::Reader& reader) {
  std::size_t last = 0;
  for (const store::ShardRow& row : must(reader.shards())) last = std::max(last, std::stoul(row.sequence));
  return last;
}

/// What is wrong with an image; empty if nothing is.
std::string fault_of(const Image& image, const Plan& plan, std::size_t acknowledged) {
  const TemporaryFolder folder;
  write_files(image, folder);
  const std::string path = folder.path(kFileName);
  const auto writer = store::sqlite::open(path);
  if (!writer) return "refused: " + writer.error().what;
  const auto reader = must(store::sqlite::open_reader(path));
  if (const auto damage = must(reader->damage(store::Scrutiny::kComplete)); !damage.empty()) {
    return "damaged: " + damage.front();
  }
  const std::size_t last = last_batch(*reader);
  if (last < acknowledged) return fmt::format("lost: batch {} was acknowledged, {} is the last", acknowledged, last);
  if (must(reader->digest()) != plan.digests[last]) return fmt::format("differs from the state after batch {}", last);
  for (const Batch& batch : std::span(plan.batches).subspan(acknowledged)) {
    must((*writer)->apply(batch.view(), durability_of(batch)));
  }
  if (must(reader->digest()) != plan.digests.back()) return "differs from a clean run after the rest came again";
  return {};
}

struct Counts {
  int images = 0;
  int faulty = 0;
  std::size_t operations = 0;
  std::size_t batches = 0;
};

/// Images of one run, at crash points spread evenly over it.
void try_run(std::uint64_t seed, int images, Counts& counts) {
  std::mt19937_64 random(seed);
  const Durability usual = seed % 2 == 0 ? Durability::kCommitted : Durability::kDurable;
  const Plan plan = make_plan(seed, usual);
  Run run;
  write_all(plan, random, run);
  const std::size_t operations = run.disk.operations().size();
  counts.operations += operations;
  counts.batches += plan.batches.size();
  for (int i = 0; i < images; ++i) {
    const std::size_t crash = operations * static_cast<std::size_t>(i) / static_cast<std::size_t>(images) +
                              random() % (operations / static_cast<std::size_t>(images) + 1);
    constexpr std::array kFates{Fate::kLost, Fate::kMixed, Fate::kMixed, Fate::kKept};
    const Fate fate = kFates[static_cast<std::size_t>(i) % kFates.size()];
    ++counts.images;
    std::string fault;
    try {
      fault = fault_of(run.disk.after_crash(crash, fate, random), plan, run.acknowledged_before(crash));
    } catch (const std::exception& failure) {
      fault = failure.what();
    }
    if (fault.empty()) continue;
    ++counts.faulty;
    fmt::print("seed {}, image {}, after {} of {} operations: {}\n", seed, i, crash, operations, fault);
  }
}

/// Every connection opened from now on is at synchronous=OFF and stays there.
void take_syncs_away() {
  const auto on_open = [](sqlite3* db, char**, const sqlite3_api_routines*) -> int {
    sqlite3_exec(db, "PRAGMA synchronous=OFF", nullptr, nullptr, nullptr);
    const auto ignore_synchronous = [](void*, int action, const char* name, const char* value, const char*,
                                       const char*) -> int {
      const bool changes = action == SQLITE_PRAGMA && value != nullptr && std::string_view(name) == "synchronous";
      return changes ? SQLITE_IGNORE : SQLITE_OK;
    };
    return sqlite3_set_authorizer(db, ignore_synchronous, nullptr);
  };
  sqlite3_initialize();
  sqlite3_auto_extension(
      reinterpret_cast<void (*)()>(static_cast<int (*)(sqlite3*, char**, const sqlite3_api_routines*)>(on_open)));
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0;
}

bool read_options(std::span<char*> arguments, Options& options) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    const std::string_view value = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (name == "--synchronous-off") {
      options.synchronous_off = true;
    } else if ((name == "--images" && read_number(value, options.images)) ||
               (name == "--seed" && read_number(value, options.seed))) {
      ++i;
    } else {
      return false;
    }
  }
  return true;
}

int run(const Options& options) {
  if (options.synchronous_off) take_syncs_away();
  Counts counts;
  std::uint64_t seed = options.seed;
  for (int rest = options.images; rest > 0; rest -= kImagesOfARun) {
    try_run(seed++, std::min(rest, kImagesOfARun), counts);
  }
  fmt::print("seeds {} to {}: {} images of {} operations and {} batches, {} of them broke the promise\n", options.seed,
             seed - 1, counts.images, counts.operations, counts.batches, counts.faulty);
  return counts.faulty == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tests::power

int main(int count, char** arguments) {
  tests::power::Options options;
  if (!tests::power::read_options({arguments, static_cast<std::size_t>(count)}, options)) {
    fmt::print(stderr, "usage: power_loss [--images N] [--seed S] [--synchronous-off], both numbers above 0\n");
    return 2;
  }
  return tests::power::run(options);
}
