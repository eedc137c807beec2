#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>

#include "api/log.h"
#include "api/options.h"
#include "api/service.h"

namespace api {

/// HTTP/1.1 on one thread. What clients can make it spend is bounded: a request's header has 8 KiB at most and 15
/// seconds to come whole, an answer 30 seconds to be taken, and no request has a body. One connection too many takes
/// the place of the one that has been without a request for longest.
class Server {
 public:
  /// Binds. An error says what was wrong with the address.
  [[nodiscard]] static std::expected<Server, std::string> open(const Address& address, std::size_t max_connections,
                                                               Service& service, const Log& log);
  Server(Server&&) noexcept;
  ~Server();

  /// "http://127.0.0.1:8080", with the port that was taken.
  [[nodiscard]] std::string url() const;

  /// Until SIGTERM or SIGINT. Requests that are being answered then get their answer; a second signal ends it at once.
  void run();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

}  // namespace api
