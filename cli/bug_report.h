#pragma once

#include <string>

#include "cli/outcome.h"
#include "store/store.h"

namespace cli {

/// The events of one limit whose state is not what they say, as JSON Lines that `limits put` takes, in the order in
/// which they arrived. Every id is replaced, the same by the same ("limit-1"), in their order where order decides;
/// money, times and words stay. The first event carries what differs in a member `verify` that no handler reads.
[[nodiscard]] std::string bug_report(const store::KeptLimit& kept, const store::KeptLimit& folded);

/// Writes it to a file that is not there yet: "limits-verify-1.jsonl" in the folder, or with the next number that is
/// free. Returns its path.
[[nodiscard]] Outcome<std::string> write_bug_report(const std::string& folder, const std::string& report);

}  // namespace cli
