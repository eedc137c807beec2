#pragma once

#include <functional>
#include <string_view>

#include "api/service.h"

namespace api {

/// How a program ends that answered one request.
enum class OneAnswer { kGood = 0, kProblem = 1, kNotFound = 3 };

/// Prints the answer to GET `target`, without a server: the body, after status and headers if they are wanted. What a
/// server would wait for is not waited for: a stream of events ends with the last there is.
[[nodiscard]] OneAnswer print_answer(Service& service, std::string_view target, bool include_head,
                                     const std::function<void(std::string_view)>& print);

}  // namespace api
