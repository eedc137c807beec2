#include <algorithm>
#include <iterator>

#include <prometheus/text_serializer.h>

#include "api/answers.h"
#include "api/problem.h"
#include "api/service.h"
#include "limits/json_object.h"
#include "store/json.h"

// What is answered about the server, the store and the shards.
namespace api {

Response Service::status(const Call& call) {
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const auto shards = reader.shards();
    if (!shards) return std::unexpected(shards.error());
    const auto waiting = reader.waiting();
    if (!waiting) return std::unexpected(waiting.error());
    const auto space = reader.space();
    if (!space) return std::unexpected(space.error());
    std::vector<std::string> rows;
    for (const store::ShardRow& row : *shards) {
      const auto time = as_of({&row, 1});
      rows.push_back(store::as_json(row).add("lag", time ? std::optional(lag(*time, call.wall)) : std::nullopt).str());
    }
    return json_answer(store::as_json(json_array(rows), *shards, *waiting)
                           .add("storeBytes", space->bytes)
                           .add("engine", reader.engine())
                           .str());
  });
}

/// A scrape of a store that cannot be read is an answer, too: that is what it tells.
Response Service::metrics(const Call& call) {
  std::vector<prometheus::MetricFamily> families = requests_.collect();
  const auto reader = store_.reader(call.now);
  auto read = reader ? metrics_of(**reader) : std::unexpected(reader.error());
  if (!read) {
    store_.forget();
    log_.debug(read.error().what);
  } else {
    std::ranges::move(*read, std::back_inserter(families));
  }
  families.push_back(gauge("limits_store_readable", "1 if the store could be read for this answer.", read ? 1 : 0));
  Response response{.body = prometheus::TextSerializer().Serialize(families)};
  response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8").set("Cache-Control", "no-store");
  return response;
}

Response Service::live(const Call&) {
  return json_answer(R"({"live":true})");
}

/// Without a token, so it says no more than it must.
Response Service::ready(const Call& call) {
  std::vector<std::string> reasons;
  const auto reader = store_.reader(call.now);
  const auto as_of = reader ? freshness_.as_of(**reader, call.now) : std::unexpected(reader.error());
  if (!as_of) {
    store_.forget();
    log_.debug(as_of.error().what);
    reasons.emplace_back(R"("store")");
  } else if (!*as_of) {
    reasons.emplace_back(R"("no-shard")");
  } else if (options_.ready_lag.count() > 0 && lag(**as_of, call.wall) > options_.ready_lag.count()) {
    reasons.emplace_back(R"("lag")");
  }
  if (reasons.empty()) return json_answer(R"({"ready":true})");
  return problem(kNotReady, "What the reasons mean is in the document that type leads to.",
                 {{"reasons", json_array(reasons)}});
}

/// For who looks after the system; `ready` is for who sends it requests.
Response Service::health(const Call& call) {
  const auto reader = store_.reader(call.now);
  const auto shards = reader ? (*reader)->shards() : std::unexpected(reader.error());
  std::vector<std::string> reasons;
  if (shards) {
    reasons = health_.reasons(*shards, call.now, call.wall);
  } else {
    store_.forget();
    log_.debug(shards.error().what);
    reasons.push_back(limits::JsonObject().add("reason", "store").add("what", shards.error().what).str());
  }
  if (reasons.empty()) return json_answer(R"({"healthy":true})");
  return problem(kUnhealthy, "What the reasons mean is in the document that type leads to.",
                 {{"reasons", json_array(reasons)}});
}

Response Service::guide(const Call&) {
  return file_answer(kGuide, "text/markdown; charset=utf-8");
}

/// The media type is that of RFC 9512.
Response Service::openapi(const Call&) {
  return file_answer(kOpenApi, "application/yaml");
}

}  // namespace api
