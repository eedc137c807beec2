#include "api/listing.h"

#include <array>
#include <charconv>

#include "api/answers.h"
#include "limits/wording.h"

namespace api {
namespace {

using Failure = std::unexpected<std::string>;

constexpr std::int64_t kMostRows = 1000;
constexpr std::array<std::string_view, 3> kFormats = {"json", "jsonl", "csv"};
constexpr std::array<std::string_view, 3> kTypes = {"application/json", "application/x-ndjson",
                                                    "text/csv; charset=utf-8"};
static_assert(kFormats.size() == kTypes.size());

std::span<const std::string_view> formats(const ListRules& rules) {
  return std::span(kFormats).first(rules.has_csv ? 3 : 2);
}

std::expected<Format, std::string> read_format(const Request& request, const Target& target, const ListRules& rules) {
  if (const std::string* written = target.find("format")) {
    for (std::size_t i = 0; i < formats(rules).size(); ++i) {
      if (kFormats[i] == *written) return static_cast<Format>(i);
    }
    return Failure("format: expected " + limits::one_of(formats(rules)) + ", found " + limits::in_quotes(*written) +
                   limits::did_you_mean(*written, formats(rules)));
  }
  if (rules.has_csv && request.accept.contains("text/csv")) return Format::kCsv;
  return request.accept.contains("application/x-ndjson") ? Format::kJsonLines : Format::kJson;
}

/// Nobody should read a cursor, so it is in hex: names of things that are not the client's to make.
std::string to_cursor(std::initializer_list<std::string_view> places) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string cursor;
  for (const std::string_view place : places) {
    if (!cursor.empty()) cursor += '-';
    for (const char c : place) {
      const auto byte = static_cast<unsigned char>(c);
      (cursor += kHex[byte >> 4]) += kHex[byte & 15];
    }
  }
  return cursor;
}

std::optional<std::string> from_hex(std::string_view hex) {
  std::string text;
  for (; hex.size() >= 2; hex.remove_prefix(2)) {
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + 2, byte, 16);
    if (error != std::errc() || end != hex.data() + 2) return std::nullopt;
    text += static_cast<char>(byte);
  }
  return hex.empty() ? std::optional(text) : std::nullopt;
}

std::expected<std::vector<std::string>, std::string> read_cursor(const std::string* cursor, std::size_t places) {
  std::vector<std::string> found;
  if (cursor == nullptr) return found;
  for (std::string_view rest = *cursor;;) {
    const std::size_t end = rest.find('-');
    const auto place = from_hex(rest.substr(0, end));
    if (place) found.push_back(*place);
    if (!place || end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  if (found.size() == places) return found;
  return Failure("next: " + limits::in_quotes(*cursor) + " is not from the header Link of such a list");
}

}  // namespace

std::expected<ListRequest, std::string> read_list_request(const Request& request, const Target& target,
                                                          const ListRules& rules) {
  const auto format = read_format(request, target, rules);
  if (!format) return Failure(format.error());
  auto after = read_cursor(target.find("next"), rules.places);
  if (!after) return Failure(after.error());
  const auto most = read_number(target, "limit", {.usual = rules.usual, .least = 1, .most = kMostRows});
  if (!most) return Failure(most.error());
  return ListRequest{.format = *format, .most = static_cast<std::size_t>(*most), .after = std::move(*after)};
}

Response list_answer(Format format, std::span<const std::string> rows, std::string_view header) {
  Response response;
  if (format == Format::kJson) {
    response = json_answer(json_array(rows));
  } else {
    if (!header.empty()) (response.body += header) += "\r\n";
    for (const std::string& row : rows) (response.body += row) += format == Format::kCsv ? "\r\n" : "\n";
    response.set("Content-Type", std::string(kTypes[static_cast<std::size_t>(format)]))
        .set("Cache-Control", "private, no-cache");
  }
  response.set("Vary", "Accept");
  return response;
}

void link_next(Response& response, const Target& target, std::initializer_list<std::string_view> after) {
  std::string url;
  for (const std::string& segment : target.path) url += '/' + percent_encoded(segment);
  url += "?next=" + to_cursor(after);
  for (const auto& [name, value] : target.query) {
    if (name != "next") url += '&' + percent_encoded(name) + '=' + percent_encoded(value);
  }
  response.set("Link", '<' + url + ">; rel=\"next\"");
}

}  // namespace api
