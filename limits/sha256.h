#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace limits {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of what was added so far (Nettle's).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view bytes);
  [[nodiscard]] Sha256Digest finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] std::string to_hex(const Sha256Digest&);

}  // namespace limits
