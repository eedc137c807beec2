#include "api/token.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace api {
namespace {

limits::Sha256Digest digest_of(std::string_view secret) {
  limits::Sha256 hash;
  hash.add(secret);
  return hash.finish();
}

/// RFC 6750, b68token: what may stand in the header.
bool is_token(std::string_view text) {
  const auto is_fit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~+/=").contains(c);
  };
  return !text.empty() && std::ranges::all_of(text, is_fit);
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

}  // namespace

Token::Token(std::string_view secret) : digest_(digest_of(secret)) {}

std::expected<Token, std::string> Token::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::unexpected("--token-file " + path + ": " + std::strerror(errno) +
                           ". Name a file with the token, which this user may read.");
  }
  std::string secret(std::istreambuf_iterator<char>(file), {});
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (!is_token(secret)) {
    return std::unexpected("--token-file " + path +
                           ": expected one line of letters, digits and -._~+/=. Make one: openssl rand -hex 32");
  }
  return Token(secret);
}

bool Token::is_shown_by(std::string_view authorization) const {
  constexpr std::string_view kScheme = "bearer ";
  if (!equal_without_case(authorization.substr(0, kScheme.size()), kScheme)) return false;
  // Digests have one length and say nothing of how much of a token was right.
  const limits::Sha256Digest shown = digest_of(authorization.substr(kScheme.size()));
  unsigned difference = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) difference |= static_cast<unsigned>(shown[i] ^ digest_[i]);
  return difference == 0;
}

}  // namespace api
