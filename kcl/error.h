#pragma once

#include <expected>
#include <string>

namespace kcl {

/// Why a session cannot go on. There is one reaction to every such error: the process ends non-zero without a status
/// line, and the daemon delivers the batch again. `what` names what, where, and what to do: it is shown to an operator.
struct Error {
  std::string what;
};

template <class T>
using Result = std::expected<T, Error>;

}  // namespace kcl
