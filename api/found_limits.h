#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/target.h"
#include "store/store.h"

/// What every page about one id has in common: `/user-limits/{limitId}…`.
namespace api {

/// What is known under the id, by aggregate, defined or not; of one aggregate if the client asks for one.
[[nodiscard]] store::Result<std::vector<store::KeptLimit>> find_limits(store::Reader& reader, const Target& target);
/// Calls `visit` with each of them in turn, with what `store::standing` needs.
[[nodiscard]] store::Result<void> each_limit_to_stand(store::Reader& reader, const Target& target,
                                                      std::optional<limits::TimeMs> at,
                                                      const std::function<void(const store::KeptLimit&)>& visit);

[[nodiscard]] Response limit_not_found(const std::string& id, bool parked);

/// The limits have the same path, and differ by their aggregates.
[[nodiscard]] Response limit_ambiguous(const Target& target, std::span<const store::KeptLimit> limits);

/// Adds when and by which shard the limit last changed, by `KeptLimit::newest`.
[[nodiscard]] Response with_last_change(Response response, const std::optional<store::Arrival>& newest);

}  // namespace api
