#pragma once

#include <deque>
#include <string>
#include <vector>

#include "aws/json_client.h"

namespace aws {

/// Answers in the order given, and keeps what was asked.
class FakeTransport final : public HttpTransport {
 public:
  struct Asked {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string region;
    std::string service;
  };

  FakeTransport& answer(long status, std::string body) {
    answers_.push_back(HttpResponse{.status = status, .body = std::move(body)});
    return *this;
  }
  FakeTransport& answer(HttpFailure failure) {
    answers_.push_back(std::unexpected(std::move(failure)));
    return *this;
  }

  std::expected<HttpResponse, HttpFailure> post(const HttpRequest& request) override {
    asked.push_back({.url = std::string(request.url),
                     .headers = {request.headers.begin(), request.headers.end()},
                     .body = std::string(request.body),
                     .region = std::string(request.region),
                     .service = std::string(request.service)});
    if (answers_.empty()) return std::unexpected(HttpFailure{.what = "the test gave no more answers"});
    auto next = std::move(answers_.front());
    answers_.pop_front();
    return next;
  }

  std::vector<Asked> asked;

 private:
  std::deque<std::expected<HttpResponse, HttpFailure>> answers_;
};

inline Service service_in_test() {
  return {.name = "kinesis",
          .target_prefix = "Kinesis_20131202",
          .content_type = "application/x-amz-json-1.1",
          .region = "eu-west-2",
          .endpoint = "http://kinesis.test"};
}

inline Credentials credentials_in_test() {
  return {.access_key_id = "id", .secret_access_key = "secret", .session_token = ""};
}

/// A pause that takes no time and is counted.
class NotedPauses {
 public:
  Pause pause() {
    return [this](std::chrono::milliseconds time) { taken.push_back(time); };
  }
  std::vector<std::chrono::milliseconds> taken;
};

}  // namespace aws
