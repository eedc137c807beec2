#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/command.h"
#include "store/standing.h"

namespace cli {

/// The option --at of a command.
class PointInTime {
 public:
  void declare(Arguments& arguments);
  /// Nothing if it was not given; kUsage if it is no time.
  [[nodiscard]] Outcome<std::optional<limits::TimeMs>> read() const;

 private:
  std::string text_;
};

/// How the limits of an id stood at a time, or stand, by aggregate: at least one. kNotFound if none was defined,
/// kFailed if that cannot be known.
[[nodiscard]] Outcome<std::vector<store::Standing>> standings(store::Reader& reader, const std::string& id,
                                                              std::optional<limits::TimeMs> at);

/// Prints what was found under an id, `show` the `i`th for people. Two are the finding foreign_aggregate.
[[nodiscard]] Outcome<void> print_found(Output& output, const std::string& id, std::size_t count,
                                        const std::function<std::string(std::size_t i)>& json,
                                        const std::function<void(std::size_t i)>& show);

/// kNotFound. A limit without a definition is known, only not shown.
[[nodiscard]] std::unexpected<Failure> no_limit(const std::string& id, bool parked);

}  // namespace cli
