#pragma once

#include <optional>

#include "kcl/record.h"
#include "limits/arena.h"
#include "limits/change.h"
#include "limits/document.h"
#include "limits/event.h"
#include "limits/handlers.h"
#include "limits/rules.h"

namespace processor {

/// What reads a record's event, used from record to record. `document` is for those events whose rules look into them.
struct RecordReader {
  limits::Fields fields = limits::Fields::kRendered;  ///< of the changes
  limits::Decoder decoder{};
  limits::Document document{};
};

/// Bytes -> event -> route -> change: what a record does by these rules, its origin included. Nothing: they ignore it.
/// Views in the change point into the record and the arena.
[[nodiscard]] limits::Checked<std::optional<limits::Change>> decide(const kcl::Record&, const limits::Rules&,
                                                                    RecordReader&, limits::Arena&);

/// Where the record came from.
[[nodiscard]] limits::Origin origin_of(const kcl::Record&);

}  // namespace processor
