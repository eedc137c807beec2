#pragma once

#include <string>

#include "aws/error.h"

namespace aws {

/// What requests are signed with. Never logged.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< empty for long-lived keys
};

/// From AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. The error names each variable that must be set.
[[nodiscard]] Result<Credentials> credentials_from_environment();

}  // namespace aws
