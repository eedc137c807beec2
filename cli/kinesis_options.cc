#include "cli/kinesis_options.h"

#include <cstdlib>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace cli {
namespace {

constexpr const char* kDefaultRegion = "eu-west-2";

struct Setting {
  std::string value;
  std::string from;  ///< for messages
};

Setting first_set(const char* option, const std::string& given, std::initializer_list<const char*> variables) {
  if (!given.empty()) return {.value = given, .from = option};
  for (const char* variable : variables) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return {.value = value, .from = variable};
  }
  return {};
}

}  // namespace

void KinesisOptions::declare(Arguments& arguments) {
  arguments.option("--endpoint", "URL", endpoint_,
                   "Where Kinesis is (AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL; default: AWS itself in the region)");
  arguments.option("--region", "REGION", region_,
                   "The AWS region (AWS_REGION, AWS_DEFAULT_REGION; default: eu-west-2)");
}

Outcome<std::unique_ptr<KinesisConnection>> KinesisOptions::connection(Output& output) const {
  Setting region = first_set("--region", region_, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (region.value.empty()) region = {.value = kDefaultRegion, .from = "the default"};
  Setting endpoint = first_set("--endpoint", endpoint_, {"AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL"});
  if (endpoint.value.empty()) endpoint = {.value = aws::kinesis_endpoint(region.value), .from = "the region"};
  if (!endpoint.value.starts_with("http://") && !endpoint.value.starts_with("https://")) {
    return fail(ExitCode::kUsage, endpoint.from + ": \"" + endpoint.value +
                                      "\" is no address of Kinesis: it must start with http:// or https://");
  }
  auto credentials = aws::credentials_from_environment();
  if (!credentials) return fail(ExitCode::kUsage, credentials.error().what);
  output.debug("Kinesis is " + endpoint.value + " (by " + endpoint.from + "), region " + region.value + " (by " +
               region.from + ")");
  return std::make_unique<KinesisConnection>(aws::kinesis_service(region.value, endpoint.value),
                                             *std::move(credentials));
}

std::unexpected<Failure> kinesis_failure(const aws::Error& error, std::string_view stream) {
  std::string what = error.what;
  if (error.code == "ResourceNotFoundException") {
    what += "; make the stream with: limits stream create " + std::string(stream);
  }
  return fail(ExitCode::kFailed, std::move(what));
}

}  // namespace cli
