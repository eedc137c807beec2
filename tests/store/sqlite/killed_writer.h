#pragma once

#include <functional>
#include <string>

namespace tests {

/// Does the work in a process that is killed right before its first call that changes a file; then, on the file as it
/// was before, in one that is killed before the second; and so on, until one survives. `check` hears after each at
/// which call that was. Stops when a check has failed. Returns how many were killed.
int kill_at_each_call(const std::string& database, const std::function<void()>& work,
                      const std::function<void(int call)>& check);

}  // namespace tests
