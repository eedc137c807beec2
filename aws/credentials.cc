#include "aws/credentials.h"

#include <cstdlib>

namespace aws {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Result<Credentials> credentials_from_environment() {
  Credentials found{.access_key_id = environment("AWS_ACCESS_KEY_ID"),
                    .secret_access_key = environment("AWS_SECRET_ACCESS_KEY"),
                    .session_token = environment("AWS_SESSION_TOKEN")};
  std::string missing;
  if (found.access_key_id.empty()) missing = "AWS_ACCESS_KEY_ID";
  if (found.secret_access_key.empty())
    missing += (missing.empty() ? "" : " and ") + std::string("AWS_SECRET_ACCESS_KEY");
  if (!missing.empty()) {
    return std::unexpected(Error{.code = "",
                                 .what = "no AWS credentials: set " + missing +
                                         " (and AWS_SESSION_TOKEN for temporary keys; an emulator takes any values)"});
  }
  return found;
}

}  // namespace aws
