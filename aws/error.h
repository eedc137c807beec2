#pragma once

#include <expected>
#include <string>

namespace aws {

/// A call that did not succeed. `what` names the call, the endpoint, and why: "PutRecords at http://127.0.0.1:4567:
/// ResourceNotFoundException: Stream user-events not found".
struct Error {
  std::string code;  ///< AWS's own name of the error, for those who react to one; empty if no error answer came
  std::string what;
};

template <class T>
using Result = std::expected<T, Error>;

}  // namespace aws
