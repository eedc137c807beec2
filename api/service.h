#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "api/freshness.h"
#include "api/health.h"
#include "api/http.h"
#include "api/log.h"
#include "api/metrics.h"
#include "api/store_source.h"
#include "api/target.h"
#include "api/token.h"

namespace api {

struct ServiceOptions {
  std::optional<Token> token;  ///< without one nobody has to show any
  std::string cors_origin;     ///< "*", an origin, or empty
  std::chrono::milliseconds stale_after{60'000};
  std::chrono::milliseconds ready_lag{300'000};  ///< 0: a lag is no reason
  std::chrono::milliseconds stuck_after{120'000};
};

/// What comes next in an event stream.
struct EventPart {
  std::string text{};      ///< events, as the body has them; empty if there is none now
  std::int64_t place = 0;  ///< the change that the next part comes behind
  bool ends = false;       ///< the store is not the one that the stream was of
};

/// Answers requests from the store; knows nothing of sockets. docs/api.md describes what it answers. One thread.
class Service {
 public:
  Service(ServiceOptions options, StoreSource store, const Log& log);

  [[nodiscard]] Response answer(const Request& request);
  /// The highest id that a change has had.
  [[nodiscard]] store::Result<std::int64_t> last_change();
  /// How an event stream goes on.
  [[nodiscard]] store::Result<EventPart> events_after(std::int64_t place);
  /// What every answer has, those included that the server gives before there is a request.
  [[nodiscard]] Response finished(Response response, std::string_view origin) const;

 private:
  /// A request that was let in, and when.
  struct Call {
    const Request& request;
    const Target& target;
    std::chrono::steady_clock::time_point now;
    limits::TimeMs wall;
  };
  struct Route;
  static const std::vector<Route>& routes();
  /// What reads the store, and answers.
  using Work = std::function<store::Result<Response>(store::Reader&)>;

  /// `route` becomes the one that was found.
  Response dispatch(const Request& request, std::string_view& route);
  Response options(const Request& request) const;
  [[nodiscard]] bool may_ask(const Request& request) const;
  /// Runs `work` on the store and adds how fresh it is. A store that cannot be read is an answer, too.
  Response with_store(const Call& call, const Work& work);
  void add_freshness(Response& response, std::optional<limits::TimeMs> as_of, limits::TimeMs now) const;

  Response limit(const Call& call);
  /// How it stood, or why it stands as it does.
  Response limit_by_history(const Call& call);
  Response limits_of_user(const Call& call);
  Response list_limits(const Call& call);
  Response history(const Call& call);
  Response parked(const Call& call);
  Response dead_letters(const Call& call);
  /// A part of the limits that the filter lets through; `usual` many unless the client says.
  Response limits_page(const Call& call, const store::LimitFilter& filter, std::int64_t usual);
  Response changes(const Call& call);
  Response change_stream(const Call& call);
  Response status(const Call& call);
  Response metrics(const Call& call);
  Response guide(const Call& call);
  Response openapi(const Call& call);
  Response page(const Call& call);
  Response page_file(const Call& call);
  Response live(const Call& call);
  Response ready(const Call& call);
  Response health(const Call& call);

  ServiceOptions options_;
  StoreSource store_;
  Freshness freshness_;
  RequestMetrics requests_;
  Health health_;
  const Log& log_;
};

}  // namespace api
