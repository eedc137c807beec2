#pragma once

#include <chrono>
#include <memory>

#include "aws/http_transport.h"

namespace aws {

struct Timeouts {
  std::chrono::milliseconds connect{3'000};
  /// For one request. PutRecords may carry 7 MB of text over a slow line.
  std::chrono::milliseconds total{60'000};
};

/// libcurl with its own signer. Keeps its connection open between requests; one thread per transport.
class CurlTransport final : public HttpTransport {
 public:
  explicit CurlTransport(Timeouts timeouts = {});
  ~CurlTransport() override;
  [[nodiscard]] std::expected<HttpResponse, HttpFailure> post(const HttpRequest& request) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aws
