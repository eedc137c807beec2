#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace api {

enum class Method { kGet, kHead, kOptions, kOther };

/// What a client asks for. Views into the server's buffer, valid until the answer is made; absent headers are empty.
struct Request {
  Method method = Method::kGet;
  std::string_view target;  ///< as it was sent, with query
  std::string_view authorization{};
  std::string_view accept{};
  std::string_view if_none_match{};
  std::string_view last_event_id{};
  std::string_view origin{};
};

struct Header {
  std::string_view name;  ///< a literal
  std::string value;
};

/// What it gets. The server adds what belongs to the connection and the length of the body.
struct Response {
  int status = 200;
  std::vector<Header> headers{};
  std::string body{};
  /// Not the last word: the same request has another answer once the store has changed, and waits for it so long.
  std::chrono::seconds wait{};
  /// The body is an event stream, and goes on with the changes behind this one.
  std::optional<std::int64_t> follow{};

  Response& set(std::string_view name, std::string value) {
    headers.push_back({name, std::move(value)});
    return *this;
  }
};

/// Whether a header may have that value: no CR, LF or other control character, by which one header could become two.
[[nodiscard]] bool is_header_value(std::string_view value);

}  // namespace api
