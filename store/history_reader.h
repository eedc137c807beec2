#pragma once

#include <string>

#include "limits/arena.h"
#include "limits/change.h"
#include "limits/event.h"
#include "limits/handlers.h"
#include "store/store.h"

namespace store {

/// The event of a history row, as JSON that means the same: what the handler read of its payload is all there.
[[nodiscard]] std::string event_of(const HistoryRow& row);

/// Takes events out of a history and through their handlers again. One thread.
class HistoryReader {
 public:
  /// Valid until the next is read.
  struct Reading {
    const limits::Event& event;
    limits::Change change;
  };
  /// A fault if no handler of ours would have written the row.
  [[nodiscard]] limits::Checked<Reading> read(const HistoryRow& row);

 private:
  limits::Decoder decoder_;
  limits::Arena arena_;
};

/// The handler that wrote the row, or a fault.
[[nodiscard]] limits::Checked<const limits::Handler*> handler_of(const HistoryRow& row);

}  // namespace store
