#include "api/service.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "api/problem.h"
#include "limits/wording.h"

namespace api {
namespace {

constexpr std::string_view kAllowed = "GET, HEAD, OPTIONS";
constexpr std::string_view kAnySegment = "{}";
constexpr std::array<std::string_view, 3> kOneLimit = {"aggregate", "at", "explain"};
constexpr std::array<std::string_view, 3> kChanges = {"after", "wait", "limit"};
constexpr std::array<std::string_view, 1> kChangeStream = {"after"};
constexpr std::array<std::string_view, 3> kPart = {"limit", "next", "format"};
constexpr std::array<std::string_view, 4> kPartOfHistory = {"aggregate", "limit", "next", "format"};
constexpr std::array<std::string_view, 8> kPartOfLimits = {"user",   "brand", "type", "period",
                                                           "status", "limit", "next", "format"};

limits::TimeMs wall_clock() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count()};
}

/// Strong: SHA-256 over the very bytes, so two answers with one tag are the same.
std::string tag_of(std::string_view body) {
  limits::Sha256 hash;
  hash.add(body);
  return '"' + limits::to_hex(hash.finish()).substr(0, 32) + '"';
}

/// RFC 9110, 13.1.2: "*", or tags divided by commas, of which a weak one is as good. Ours have no comma in them.
bool names_tag(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty()) {
    const std::size_t comma = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view one = if_none_match.substr(0, comma);
    if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
    while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
    while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

/// Who has this very answer already gets no body.
Response tagged(Response response, std::string_view if_none_match) {
  if (response.status != 200 || response.follow) return response;
  std::string tag = tag_of(response.body);
  if (names_tag(if_none_match, tag)) {
    response.status = 304;
    response.body.clear();
  }
  response.set("ETag", std::move(tag));
  return response;
}

}  // namespace

/// A path, `{}` standing for any segment, and what answers it.
struct Service::Route {
  std::vector<std::string_view> path;
  Response (Service::*answer)(const Call&);
  std::span<const std::string_view> parameters{};  ///< that the query may have
  bool open = false;                               ///< answered without a token
  std::string pattern = joined(path);              ///< "/user-limits/{}"

  static std::string joined(const std::vector<std::string_view>& path) {
    std::string pattern;
    for (const std::string_view part : path) (pattern += '/') += part;
    return pattern;
  }
  [[nodiscard]] bool matches(const Target& target) const {
    return std::ranges::equal(path, target.path, [](std::string_view part, std::string_view segment) {
      return part == segment || (part == kAnySegment && !segment.empty());
    });
  }
  /// The first of the query's parameters that means nothing here.
  [[nodiscard]] const std::string* unknown_parameter(const Target& target) const {
    for (const auto& [name, value] : target.query) {
      if (std::ranges::find(parameters, name) == parameters.end()) return &name;
    }
    return nullptr;
  }
};

/// The first that matches answers.
const std::vector<Service::Route>& Service::routes() {
  static const std::vector<Route> all = {
      {.path = {"user-limits", kAnySegment}, .answer = &Service::limit, .parameters = kOneLimit},
      {.path = {"user-limits"}, .answer = &Service::list_limits, .parameters = kPartOfLimits},
      {.path = {"user-limits", "user", kAnySegment}, .answer = &Service::limits_of_user, .parameters = kPart},
      {.path = {"user-limits", kAnySegment, "history"}, .answer = &Service::history, .parameters = kPartOfHistory},
      {.path = {"parked"}, .answer = &Service::parked, .parameters = kPart},
      {.path = {"dead-letters"}, .answer = &Service::dead_letters, .parameters = kPart},
      {.path = {"changes"}, .answer = &Service::changes, .parameters = kChanges},
      {.path = {"changes", "stream"}, .answer = &Service::change_stream, .parameters = kChangeStream},
      {.path = {"status"}, .answer = &Service::status},
      {.path = {"metrics"}, .answer = &Service::metrics},
      {.path = {"livez"}, .answer = &Service::live, .open = true},
      {.path = {"readyz"}, .answer = &Service::ready, .open = true},
      {.path = {"healthz"}, .answer = &Service::health},
      {.path = {""}, .answer = &Service::page, .open = true},
      {.path = {"page", kAnySegment}, .answer = &Service::page_file, .open = true},
      {.path = {"docs", "api.md"}, .answer = &Service::guide, .open = true},
      {.path = {"openapi.yaml"}, .answer = &Service::openapi, .open = true},
  };
  return all;
}

Service::Service(ServiceOptions options, StoreSource store, const Log& log)
    : options_(std::move(options)),
      store_(std::move(store)),
      health_({.lag = options_.ready_lag, .stuck = options_.stuck_after}),
      log_(log) {}

Response Service::answer(const Request& request) {
  const auto start = std::chrono::steady_clock::now();
  std::string_view route = "none";
  Response response = finished(tagged(dispatch(request, route), request.if_none_match), request.origin);
  requests_.count(route, response.status, std::chrono::steady_clock::now() - start);
  return response;
}

Response Service::dispatch(const Request& request, std::string_view& route_pattern) {
  if (request.method == Method::kOptions) return options(request);
  if (request.method == Method::kOther) {
    Response refused = problem(kMethodNotAllowed, "The store is only read here.");
    return std::move(refused.set("Allow", std::string(kAllowed)));
  }
  const auto target = parse_target(request.target);
  if (!target) return problem(kBadRequest, target.error());
  const auto route = std::ranges::find_if(routes(), [&](const Route& each) { return each.matches(*target); });
  const bool found = route != routes().end();
  if (found) route_pattern = route->pattern;
  if (!(found && route->open) && !may_ask(request)) {
    Response refused = problem(kUnauthorized, "Send the header Authorization: Bearer TOKEN.");
    return std::move(refused.set("WWW-Authenticate", "Bearer"));
  }
  if (!found) return problem(kNotFound, "The pages there are: " + std::string(kDocumentPath));
  if (const std::string* name = route->unknown_parameter(*target)) {
    return problem(kBadRequest, "No parameter " + limits::in_quotes(*name) + " is known here" +
                                    limits::did_you_mean(*name, route->parameters));
  }
  const Call call{.request = request, .target = *target, .now = std::chrono::steady_clock::now(), .wall = wall_clock()};
  return (this->*route->answer)(call);
}

bool Service::may_ask(const Request& request) const {
  return !options_.token || options_.token->is_shown_by(request.authorization);
}

/// A browser asks before it sends a token to another origin, and shows none then.
Response Service::options(const Request& request) const {
  Response response{.status = 204};
  response.set("Allow", std::string(kAllowed));
  if (!options_.cors_origin.empty() && !request.origin.empty()) {
    response.set("Access-Control-Allow-Methods", std::string(kAllowed))
        .set("Access-Control-Allow-Headers", "Authorization, If-None-Match, Last-Event-ID")
        .set("Access-Control-Max-Age", "600");
  }
  return response;
}

Response Service::finished(Response response, std::string_view origin) const {
  response.set("X-Content-Type-Options", "nosniff");
  if (!options_.cors_origin.empty() && options_.cors_origin != "*") response.set("Vary", "Origin");
  if (!origin.empty() && (options_.cors_origin == "*" || options_.cors_origin == origin)) {
    response.set("Access-Control-Allow-Origin", options_.cors_origin)
        .set("Access-Control-Expose-Headers",
             "ETag, Link, Limits-As-Of, Limits-Lag, Limits-Stale, Limits-Last-Change, Limits-Last-Change-Shard");
  }
  const auto bad = std::ranges::find_if_not(response.headers, is_header_value, &Header::value);
  if (bad == response.headers.end()) return response;
  log_.error(fmt::format("the header {} would have had a control character in its value: {}", bad->name,
                         limits::in_quotes(bad->value)));
  return problem(kInternal, "A header of the answer could not be written. The server's log says which.");
}

Response Service::with_store(const Call& call, const Work& work) {
  const auto unavailable = [&](const store::Error& error) {
    store_.forget();
    log_.debug(error.what);
    Response refused = problem(kStoreUnavailable, error.what);
    return std::move(refused.set("Retry-After", "1"));
  };
  const auto reader = store_.reader(call.now);
  if (!reader) return unavailable(reader.error());
  // Before the answer is read: what came between makes it fresher than it says.
  const auto as_of = freshness_.as_of(**reader, call.now);
  if (!as_of) return unavailable(as_of.error());
  auto response = work(**reader);
  if (!response) return unavailable(response.error());
  add_freshness(*response, *as_of, call.wall);
  return std::move(*response);
}

void Service::add_freshness(Response& response, std::optional<limits::TimeMs> as_of, limits::TimeMs now) const {
  bool stale = true;
  if (as_of) {
    const std::int64_t behind = lag(*as_of, now);
    stale = behind > options_.stale_after.count();
    response.set("Limits-As-Of", std::to_string(as_of->value)).set("Limits-Lag", std::to_string(behind));
  }
  response.set("Limits-Stale", stale ? "true" : "false");
}

}  // namespace api
