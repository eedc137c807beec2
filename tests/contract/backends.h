#pragma once

#include <memory>
#include <ostream>
#include <span>
#include <string_view>

#include "store/store.h"

namespace tests {

/// One store that is gone with the object. Each writer and reader is a new one on the same data.
class Backend {
 public:
  virtual ~Backend() = default;
  [[nodiscard]] virtual std::unique_ptr<store::Store> writer() = 0;
  [[nodiscard]] virtual std::unique_ptr<store::Reader> reader() = 0;
};

/// A kind of store that the contract suite runs on, and what it promises beyond the contract.
struct BackendKind {
  std::string_view name;
  std::unique_ptr<Backend> (*make)(bool history);
  bool all_or_none;  ///< a batch is committed whole or not at all

  friend std::ostream& operator<<(std::ostream& out, const BackendKind& kind) { return out << kind.name; }
};

[[nodiscard]] std::span<const BackendKind> backend_kinds();

/// The one that others are compared with.
[[nodiscard]] std::unique_ptr<Backend> reference(bool history = true);

}  // namespace tests
