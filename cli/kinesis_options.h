#pragma once

#include <memory>
#include <string>

#include "aws/curl_transport.h"
#include "aws/kinesis.h"
#include "cli/command.h"

namespace cli {

inline constexpr std::string_view kDefaultStream = "user-events";

/// An open way to Kinesis, its parts in the order in which they lean on each other.
struct KinesisConnection {
  aws::CurlTransport transport;
  aws::JsonClient client;
  aws::Kinesis kinesis;

  KinesisConnection(aws::Service service, aws::Credentials credentials)
      : client(transport, std::move(service), std::move(credentials)), kinesis(client) {}
};

/// What the commands that talk to Kinesis take: an option wins over the environment, that over the default.
class KinesisOptions {
 public:
  void declare(Arguments& arguments);
  /// Connects nothing yet. kUsage for settings that are missing or no address.
  [[nodiscard]] Outcome<std::unique_ptr<KinesisConnection>> connection(Output& output) const;

 private:
  std::string endpoint_;
  std::string region_;
};

/// In the words of the command line, with the way out where there is one.
[[nodiscard]] std::unexpected<Failure> kinesis_failure(const aws::Error& error, std::string_view stream);

}  // namespace cli
