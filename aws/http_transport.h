#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "aws/credentials.h"

namespace aws {

struct HttpRequest {
  std::string_view url;
  std::span<const std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;
  /// The scope of the signature (AWS Signature Version 4).
  std::string_view region;
  std::string_view service;
  const Credentials& credentials;
};

struct HttpResponse {
  long status = 0;
  std::string body;
};

/// What failed before a whole answer was there.
struct HttpFailure {
  std::string what;
  bool worth_retrying = false;  ///< a passing condition: refused or lost connection, time-out
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  /// Signs and posts. Any status is an answer, not a failure.
  [[nodiscard]] virtual std::expected<HttpResponse, HttpFailure> post(const HttpRequest& request) = 0;
};

}  // namespace aws
