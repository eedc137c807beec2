#include "api/change_watch.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace api {
namespace {

namespace asio = boost::asio;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

}  // namespace

asio::awaitable<void> ChangeWatch::wait(Clock::time_point until) {
  const auto timer = waiting_.emplace(waiting_.end(), io_, until);
  if (!watching_) {
    watching_ = true;
    asio::co_spawn(io_, watch(), asio::detached);
  }
  co_await timer->async_wait(kAwait);
  waiting_.erase(timer);
}

void ChangeWatch::wake() {
  for (asio::steady_timer& each : waiting_) each.cancel();
}

asio::awaitable<void> ChangeWatch::watch() {
  asio::steady_timer pause(io_);
  while (!waiting_.empty()) {
    pause.expires_after(kInterval);
    co_await pause.async_wait(kAwait);
    const auto now = look_();
    if (now != seen_) wake();
    seen_ = now;
  }
  watching_ = false;
}

}  // namespace api
