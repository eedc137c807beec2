#include "api/one_answer.h"

#include <fmt/format.h>

namespace api {
namespace {

using Print = std::function<void(std::string_view)>;

/// False if the store could not be read to the end.
bool print_events(Service& service, std::int64_t place, const Print& print) {
  while (true) {
    const auto part = service.events_after(place);
    if (!part) return false;
    if (part->text.empty()) return true;
    print(part->text);
    place = part->place;
  }
}

}  // namespace

OneAnswer print_answer(Service& service, std::string_view target, bool include_head, const Print& print) {
  const Response response = service.answer({.method = Method::kGet, .target = target});
  if (include_head) {
    print(fmt::format("HTTP/1.1 {}\n", response.status));
    for (const Header& each : response.headers) print(fmt::format("{}: {}\n", each.name, each.value));
    print("\n");
  }
  print(response.body);
  const bool whole = !response.follow || print_events(service, *response.follow, print);
  if (response.status == 404) return OneAnswer::kNotFound;
  return response.status == 200 && whole ? OneAnswer::kGood : OneAnswer::kProblem;
}

}  // namespace api
