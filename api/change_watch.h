#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace api {

/// Lets coroutines wait until the store has changed. Looks at it only while somebody waits. One thread.
class ChangeWatch {
 public:
  using Clock = std::chrono::steady_clock;
  /// What the store looks like now: any other value is a change.
  using Look = std::function<std::optional<std::int64_t>()>;
  static constexpr std::chrono::milliseconds kInterval{100};

  ChangeWatch(boost::asio::io_context& io, Look look) : io_(io), look_(std::move(look)) {}

  /// Until the store has changed, or the time is over. May end early.
  boost::asio::awaitable<void> wait(Clock::time_point until);
  /// Ends every wait.
  void wake();

 private:
  boost::asio::awaitable<void> watch();

  boost::asio::io_context& io_;
  Look look_;
  std::optional<std::int64_t> seen_;
  bool watching_ = false;
  std::list<boost::asio::steady_timer> waiting_;
};

}  // namespace api
