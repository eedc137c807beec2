#include "api/answers.h"
#include "api/listing.h"
#include "api/problem.h"
#include "api/service.h"
#include "limits/csv.h"
#include "limits/wording.h"
#include "store/json.h"

// Lists, a part at a time.
namespace api {
namespace {

/// Sets what the parameter says, if it is there. The sentence for the client if it says no word there is.
template <class Enum>
std::string read_word(const Target& target, std::string_view name, std::optional<Enum>& value) {
  const std::string* written = target.find(name);
  if (written == nullptr) return {};
  value = limits::from_word<Enum>(*written);
  if (value) return {};
  return std::string(name) + ": expected " + limits::one_of(limits::words<Enum>()) + ", found " +
         limits::in_quotes(*written) + limits::did_you_mean(*written, limits::words<Enum>());
}

std::expected<store::LimitFilter, std::string> read_filter(const Target& target) {
  store::LimitFilter filter;
  if (const std::string* user = target.find("user")) filter.user_id = *user;
  if (const std::string* brand = target.find("brand")) filter.brand_id = *brand;
  for (const std::string& wrong : {read_word(target, "type", filter.type), read_word(target, "period", filter.period),
                                   read_word(target, "status", filter.status)}) {
    if (!wrong.empty()) return std::unexpected(wrong);
  }
  return filter;
}

}  // namespace

Response Service::list_limits(const Call& call) {
  const auto filter = read_filter(call.target);
  if (!filter) return problem(kBadRequest, filter.error());
  return limits_page(call, *filter, 100);
}

Response Service::limits_of_user(const Call& call) {
  // As good as always whole.
  return limits_page(call, {.user_id = call.target.path[2]}, 1000);
}

Response Service::limits_page(const Call& call, const store::LimitFilter& filter, std::int64_t usual) {
  const auto list = read_list_request(call.request, call.target, {.places = 3, .usual = usual, .has_csv = true});
  if (!list) return problem(kBadRequest, list.error());
  std::optional<store::LimitPlace> after;
  if (!list->after.empty()) {
    after = {.user_id = list->after[0], .user_limit_id = list->after[1], .aggregate_id = list->after[2]};
  }
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const auto page = reader.limits_after(after, filter, list->most);
    if (!page) return std::unexpected(page.error());
    std::vector<std::string> rows;
    for (const limits::UserLimit& limit : page->limits) {
      rows.push_back(list->format == Format::kCsv ? limits::to_csv(limit) : limits::to_json(limit));
    }
    Response response = list_answer(list->format, rows, list->format == Format::kCsv ? limits::kCsvHeader : "");
    if (page->next) {
      link_next(response, call.target, {page->next->user_id, page->next->user_limit_id, page->next->aggregate_id});
    }
    return response;
  });
}

Response Service::parked(const Call& call) {
  const auto list = read_list_request(call.request, call.target, {.places = 2});
  if (!list) return problem(kBadRequest, list.error());
  limits::LimitKey after;
  if (!list->after.empty()) after = {.aggregate_id = list->after[0], .user_limit_id = list->after[1]};
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const auto page = reader.parked_after(after, list->most);
    if (!page) return std::unexpected(page.error());
    std::vector<std::string> rows;
    for (const store::ParkedLimit& limit : *page) rows.push_back(store::as_json(limit).str());
    Response response = list_answer(list->format, rows);
    if (page->size() == list->most)
      link_next(response, call.target, {page->back().aggregate_id, page->back().user_limit_id});
    return response;
  });
}

Response Service::dead_letters(const Call& call) {
  const auto list = read_list_request(call.request, call.target, {.places = 1});
  if (!list) return problem(kBadRequest, list.error());
  const auto after = list->after.empty() ? std::optional<std::int64_t>(0) : parse_number(list->after[0]);
  if (!after) return problem(kBadRequest, "next: it is not from the header Link of such a list");
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const auto page = reader.dead_letters_after(*after, list->most);
    if (!page) return std::unexpected(page.error());
    std::vector<std::string> rows;
    for (const store::DeadLetterRow& letter : *page) rows.push_back(store::as_json(letter).str());
    Response response = list_answer(list->format, rows);
    if (page->size() == list->most) link_next(response, call.target, {std::to_string(page->back().id)});
    return response;
  });
}

}  // namespace api
