#include "tests/contract/backends.h"

#include <utility>

#include "store/memory/memory.h"
#include "store/sqlite/sqlite.h"
#include "tests/support/temporary_folder.h"

namespace tests {
namespace {

class MemoryBackend final : public Backend {
 public:
  explicit MemoryBackend(bool history) : database_(store::memory::create({.history = history})) {}
  std::unique_ptr<store::Store> writer() override { return store::memory::open(database_); }
  std::unique_ptr<store::Reader> reader() override { return store::memory::open_reader(database_); }

 private:
  std::shared_ptr<store::memory::Database> database_;
};

class SqliteBackend final : public Backend {
 public:
  explicit SqliteBackend(bool history) : history_(history) { writer(); }
  std::unique_ptr<store::Store> writer() override {
    return store::sqlite::open(folder_.path("limits.db"), {.history = history_}).value();
  }
  std::unique_ptr<store::Reader> reader() override {
    return store::sqlite::open_reader(folder_.path("limits.db")).value();
  }

 private:
  TemporaryFolder folder_;
  bool history_;
};

template <class Kind>
std::unique_ptr<Backend> make(bool history) {
  return std::make_unique<Kind>(history);
}

constexpr BackendKind kKinds[] = {
    {.name = "memory", .make = make<MemoryBackend>, .all_or_none = true},
    {.name = "sqlite", .make = make<SqliteBackend>, .all_or_none = true},
};

}  // namespace

std::span<const BackendKind> backend_kinds() {
  return kKinds;
}

std::unique_ptr<Backend> reference(bool history) {
  return make<MemoryBackend>(history);
}

}  // namespace tests
