#pragma once

#include <memory>

#include "store/store.h"

/// The contract of store.h in plain containers: the reference that the other back ends are compared with, and the store
/// of tests that need no file. Batches are all or nothing. Everything may be called from any thread.
namespace store::memory {

struct Options {
  bool history = true;
};

/// What any number of Stores and Readers share; gone with the last of them.
class Database;
[[nodiscard]] std::shared_ptr<Database> create(Options = {});

[[nodiscard]] std::unique_ptr<Store> open(std::shared_ptr<Database>);
[[nodiscard]] std::unique_ptr<Reader> open_reader(std::shared_ptr<Database>);

}  // namespace store::memory
