#include "aws/json_client.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace aws {
namespace {

constexpr long kOk = 200;
constexpr long kTooManyRequests = 429;
constexpr long kFirstServerError = 500;
constexpr std::size_t kShownOfAnswer = 200;

/// AWS's names for "not now", which come with status 400.
constexpr std::array<std::string_view, 6> kThrottled = {
    "LimitExceededException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException",
    "KMSThrottlingException", "TransactionInProgressException"};

/// {"__type":"com.amazonaws.kinesis#ResourceNotFoundException","message":"…"}; some services write "Message".
Error parse_error(const HttpResponse& response) {
  const auto answer = nlohmann::json::parse(response.body, nullptr, false);
  const auto text = [&answer](const char* key) {
    const auto found = answer.is_object() ? answer.find(key) : answer.end();
    return found != answer.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  std::string code = text("__type");
  if (const auto hash = code.rfind('#'); hash != std::string::npos) code.erase(0, hash + 1);
  if (code.empty()) {
    return {.code = "",
            .what = "HTTP status " + std::to_string(response.status) +
                    ", not an answer of this service: is the endpoint right? " +
                    response.body.substr(0, kShownOfAnswer)};
  }
  const std::string message = text("message").empty() ? text("Message") : text("message");
  return {.code = code, .what = message.empty() ? code : code + ": " + message};
}

bool worth_retrying(long status, std::string_view code) {
  return status >= kFirstServerError || status == kTooManyRequests ||
         std::ranges::find(kThrottled, code) != kThrottled.end();
}

}  // namespace

JsonClient::JsonClient(HttpTransport& transport, Service service, Credentials credentials, BackoffBounds bounds,
                       Pause pause)
    : transport_(transport),
      service_(std::move(service)),
      credentials_(std::move(credentials)),
      bounds_(bounds),
      pause_(std::move(pause)) {}

Result<std::string> JsonClient::call(std::string_view operation, std::string_view body) {
  const std::string target = service_.target_prefix + '.' + std::string(operation);
  const std::array<std::pair<std::string_view, std::string_view>, 2> headers{
      {{"Content-Type", service_.content_type}, {"X-Amz-Target", target}}};
  const HttpRequest request{.url = service_.endpoint,
                            .headers = headers,
                            .body = body,
                            .region = service_.region,
                            .service = service_.name,
                            .credentials = credentials_};
  Backoff backoff(bounds_);
  while (true) {
    auto response = transport_.post(request);
    if (response && response->status == kOk) return std::move(response->body);
    const Error cause = response ? parse_error(*response) : Error{.code = "", .what = response.error().what};
    const bool again = response ? worth_retrying(response->status, cause.code) : response.error().worth_retrying;
    if (!again || !backoff.wait_for_next_attempt(pause_)) {
      return std::unexpected(Error{.code = cause.code, .what = error(operation, cause.what).what});
    }
  }
}

Error JsonClient::error(std::string_view operation, std::string_view why) const {
  return {.code = "", .what = std::string(operation) + " at " + service_.endpoint + ": " + std::string(why)};
}

}  // namespace aws
