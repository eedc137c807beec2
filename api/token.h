#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "limits/sha256.h"

namespace api {

/// The bearer token (RFC 6750) that clients must show.
class Token {
 public:
  explicit Token(std::string_view secret);

  /// The only line of a file. An error names the file and what to do: no file, no token in it, or one that no header
  /// could carry.
  [[nodiscard]] static std::expected<Token, std::string> load(const std::string& path);

  /// Whether a request's Authorization header shows it. Takes the same time for every wrong token.
  [[nodiscard]] bool is_shown_by(std::string_view authorization) const;

 private:
  limits::Sha256Digest digest_;
};

}  // namespace api
