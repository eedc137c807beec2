#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "api/http.h"

namespace api {

/// A kind of failure, as RFC 9457 has it. `name` is its heading in docs/api.md, which its type URL leads to.
struct Problem {
  std::string_view name;
  int status;
  std::string_view title;
};

inline constexpr Problem kBadRequest{.name = "bad-request", .status = 400, .title = "The request cannot be read"};
inline constexpr Problem kUnauthorized{.name = "unauthorized", .status = 401, .title = "The token is missing or wrong"};
inline constexpr Problem kNotFound{.name = "not-found", .status = 404, .title = "There is no such page"};
inline constexpr Problem kLimitNotFound{.name = "limit-not-found", .status = 404, .title = "There is no such limit"};
inline constexpr Problem kMethodNotAllowed{
    .name = "method-not-allowed", .status = 405, .title = "Only GET, HEAD and OPTIONS are served"};
inline constexpr Problem kLimitAmbiguous{
    .name = "limit-ambiguous", .status = 409, .title = "Several aggregates have a limit of this id"};
inline constexpr Problem kChangeUnknown{
    .name = "change-unknown", .status = 409, .title = "The store has no such change"};
inline constexpr Problem kHistoryMissing{
    .name = "history-missing", .status = 410, .title = "The events that would tell are not kept"};
inline constexpr Problem kBodyRefused{.name = "body-refused", .status = 413, .title = "No request may have a body"};
inline constexpr Problem kHeaderTooLarge{
    .name = "header-too-large", .status = 431, .title = "The request's header is too large"};
inline constexpr Problem kInternal{.name = "internal", .status = 500, .title = "The server is at fault"};
inline constexpr Problem kStoreUnavailable{
    .name = "store-unavailable", .status = 503, .title = "The store cannot be read"};
inline constexpr Problem kTooManyFollowers{
    .name = "too-many-followers", .status = 503, .title = "Too many clients wait for changes"};
inline constexpr Problem kNotReady{.name = "not-ready", .status = 503, .title = "Not ready to be asked"};
inline constexpr Problem kUnhealthy{.name = "unhealthy", .status = 503, .title = "Not all is well"};

/// A member that only some problems have: its name, and its value as JSON.
using ProblemMember = std::pair<std::string_view, std::string>;

/// `detail` is about this very request.
[[nodiscard]] Response problem(const Problem& kind, std::string_view detail,
                               std::initializer_list<ProblemMember> members = {});

/// Where docs/api.md is served, and what every type URL begins with.
inline constexpr std::string_view kDocumentPath = "/docs/api.md";

}  // namespace api
