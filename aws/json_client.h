#pragma once

#include <string>
#include <string_view>

#include "aws/backoff.h"
#include "aws/credentials.h"
#include "aws/error.h"
#include "aws/http_transport.h"

namespace aws {

/// Which service to call, and where.
struct Service {
  std::string name;           ///< in the signature: "kinesis"
  std::string target_prefix;  ///< before the operation in X-Amz-Target: "Kinesis_20131202"
  std::string content_type;   ///< "application/x-amz-json-1.1"
  std::string region;
  std::string endpoint;  ///< "https://kinesis.eu-west-2.amazonaws.com"
};

/// Calls of AWS's JSON protocol: one signed POST per operation. Throttling, 5xx and lost connections are tried again, a
/// bounded number of times. One thread per client; the transport outlives it.
class JsonClient {
 public:
  JsonClient(HttpTransport& transport, Service service, Credentials credentials, BackoffBounds bounds = {},
             Pause pause = sleep_for);

  /// The body of the answer with status 200.
  [[nodiscard]] Result<std::string> call(std::string_view operation, std::string_view body);
  /// An error in the words of this client's others, for an answer that the caller cannot use.
  [[nodiscard]] Error error(std::string_view operation, std::string_view why) const;

 private:
  HttpTransport& transport_;
  Service service_;
  Credentials credentials_;
  BackoffBounds bounds_;
  Pause pause_;
};

}  // namespace aws
