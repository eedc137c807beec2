#include "api/answers.h"
#include "api/listing.h"
#include "api/problem.h"
#include "api/service.h"
#include "limits/wording.h"
#include "store/json.h"

// The change feed: every event that took effect or came late, in the order of arrival.
namespace api {
namespace {

constexpr std::int64_t kUsualChanges = 100;
constexpr std::int64_t kMostChanges = 1000;
constexpr std::int64_t kMostWait = 60;  // seconds; proxies give up a request after about that time
constexpr std::size_t kChangesPerPart = 100;

/// The change that a client has got last; nothing if it does not say. Last-Event-ID is what a browser sends when its
/// connection broke, with the target that it had at first: it counts more.
std::expected<std::optional<std::int64_t>, std::string> read_place(const Request& request, const Target& target) {
  const std::string* const after = target.find("after");
  const std::string last_event_id(request.last_event_id);
  std::optional<std::int64_t> place;
  for (const auto& [name, written] :
       {std::pair("after", after), std::pair("Last-Event-ID", last_event_id.empty() ? nullptr : &last_event_id)}) {
    if (written == nullptr) continue;
    place = parse_number(*written);
    if (!place || *place < 0) {
      return std::unexpected(std::string(name) + ": expected a changeId, or 0 for all, found " +
                             limits::in_quotes(*written));
    }
  }
  return place;
}

/// Ids are never given out twice, so this one is of another store, or the newest changes of this one were lost.
Response unknown_change(std::int64_t after, std::int64_t last) {
  return problem(kChangeUnknown,
                 "The store has no change " + std::to_string(after) + ": its last is " + std::to_string(last) + ".",
                 {{"last", std::to_string(last)}});
}

}  // namespace

Response Service::changes(const Call& call) {
  const auto after = read_place(call.request, call.target);
  if (!after) return problem(kBadRequest, after.error());
  const auto wait = read_number(call.target, "wait", {.usual = 0, .least = 0, .most = kMostWait});
  if (!wait) return problem(kBadRequest, wait.error());
  const auto most = read_number(call.target, "limit", {.usual = kUsualChanges, .least = 1, .most = kMostChanges});
  if (!most) return problem(kBadRequest, most.error());
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const auto last = reader.last_change();
    if (!last) return std::unexpected(last.error());
    const std::int64_t place = after->value_or(*last);
    if (place > *last) return unknown_change(place, *last);
    const auto found = reader.changes_after(place, static_cast<std::size_t>(*most));
    if (!found) return std::unexpected(found.error());
    std::vector<std::string> rows;
    for (const store::HistoryRow& row : *found) rows.push_back(store::as_json(row).str());
    Response response = json_answer(limits::JsonObject()
                                        .raw("changes", json_array(rows))
                                        .add("next", found->empty() ? place : found->back().change_id)
                                        .str());
    // Who does not say where he is has learnt it now.
    if (rows.empty() && *after) response.wait = std::chrono::seconds(*wait);
    return response;
  });
}

Response Service::change_stream(const Call& call) {
  const auto after = read_place(call.request, call.target);
  if (!after) return problem(kBadRequest, after.error());
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const auto last = reader.last_change();
    if (!last) return std::unexpected(last.error());
    const std::int64_t place = after->value_or(*last);
    if (place > *last) return unknown_change(place, *last);
    Response response;
    response.set("Content-Type", "text/event-stream").set("Cache-Control", "no-store");
    response.set("X-Accel-Buffering", "no");  // nginx would keep events until it has a buffer full of them
    response.body = "retry: 1000\n\n";        // ms until a client that lost its connection asks again
    response.follow = place;
    return response;
  });
}

store::Result<std::int64_t> Service::last_change() {
  const auto reader = store_.reader(std::chrono::steady_clock::now());
  auto last = reader ? (*reader)->last_change() : std::unexpected(reader.error());
  if (!last) store_.forget();
  return last;
}

store::Result<EventPart> Service::events_after(std::int64_t place) {
  const auto reader = store_.reader(std::chrono::steady_clock::now());
  if (!reader) return std::unexpected(reader.error());
  const auto last = (*reader)->last_change();
  if (!last) return std::unexpected(last.error());
  if (place > *last) return EventPart{.place = place, .ends = true};
  const auto found = (*reader)->changes_after(place, kChangesPerPart);
  if (!found) return std::unexpected(found.error());
  EventPart part{.place = place};
  for (const store::HistoryRow& row : *found) {
    part.place = row.change_id;
    ((part.text += "id: ") += std::to_string(row.change_id)) += "\nevent: change\ndata: ";
    (part.text += store::as_json(row).str()) += "\n\n";
  }
  return part;
}

}  // namespace api
