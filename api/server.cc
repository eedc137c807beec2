#include "api/server.h"

#include <array>
#include <csignal>
#include <list>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "api/change_watch.h"
#include "api/problem.h"
#include "limits/wording.h"

namespace api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMostHeader = 8 * 1024;
constexpr std::chrono::seconds kForRequest{15};
constexpr std::chrono::seconds kForAnswer{30};
constexpr std::chrono::seconds kForEnd{10};
/// A stream without an event says so often that its client is there still, and proxies see life.
constexpr std::chrono::seconds kSilence{15};
/// After an answer that ends the connection, what the client still sends is read for so long: closing at once would
/// make its host throw the answer away before the client has read it.
constexpr std::chrono::milliseconds kForRest{2000};
constexpr std::chrono::milliseconds kForRestAtEnd{500};  // clients that have nothing under way need not notice the end
constexpr std::size_t kMostRest = 64 * 1024 * 1024;
constexpr std::chrono::milliseconds kAfterFailedAccept{100};

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

using Parser = http::request_parser<http::empty_body>;

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::kGet;
    case http::verb::head:
      return Method::kHead;
    case http::verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

/// What the client gets for a header that could not be read; nothing if there is nobody to tell.
std::optional<Response> refusal(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return problem(kHeaderTooLarge, fmt::format("Request line and headers may have {} bytes.", kMostHeader));
  }
  if (error == http::error::body_limit) return problem(kBodyRefused, "What is served here is only read.");
  const bool is_syntax = error.category() == make_error_code(http::error::bad_method).category();
  if (!is_syntax || error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  return problem(kBadRequest, "This is not HTTP/1.1: " + error.message() + ".");
}

Response too_many_followers() {
  Response refused = problem(kTooManyFollowers, "Half of the connections may wait for changes: --max-connections.");
  return std::move(refused.set("Retry-After", "5"));
}

/// The one header that a request must have, and may have once (RFC 9112, 3.2).
bool has_one_host(const http::request<http::empty_body>& request) {
  const auto hosts = request.equal_range(http::field::host);
  return request.version() < 11 || std::distance(hosts.first, hosts.second) == 1;
}

template <class Name>
std::string_view header(const http::request<http::empty_body>& request, Name name) {
  const auto value = request[name];
  return {value.data(), value.size()};
}

template <class Body>
http::response<Body> head_of(const Response& response, unsigned version, bool keep_alive) {
  http::response<Body> message;
  message.version(version);
  message.result(static_cast<unsigned>(response.status));
  message.set(http::field::server, "limits-api");
  message.set(http::field::date, fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))));
  for (const Header& each : response.headers) {
    message.insert(beast::string_view(each.name.data(), each.name.size()), each.value);
  }
  message.keep_alive(keep_alive);
  return message;
}

http::response<http::string_body> to_message(Response response, unsigned version, bool keep_alive, bool is_head) {
  auto message = head_of<http::string_body>(response, version, keep_alive);
  const bool may_have_body = response.status != 204 && response.status != 304;
  if (may_have_body) message.content_length(response.body.size());
  if (may_have_body && !is_head) message.body() = std::move(response.body);
  return message;
}

}  // namespace

class Server::Impl {
 public:
  Impl(const tcp::endpoint& endpoint, std::size_t max_connections, Service& service, const Log& log)
      : service_(service), log_(log), most_(max_connections), acceptor_(io_, endpoint) {}

  [[nodiscard]] std::string url() const {
    const tcp::endpoint at = acceptor_.local_endpoint();
    const std::string host = at.address().to_string();
    return fmt::format("http://{}:{}", at.address().is_v6() ? "[" + host + "]" : host, at.port());
  }

  void run() {
    await_signal();
    asio::co_spawn(io_, accept(), asio::detached);
    io_.run();
  }

 private:
  /// A connection as the server sees it; its coroutine owns it.
  struct Connection {
    explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    bool waits = false;
    std::list<Connection*>::iterator place;
  };

  /// Counts a connection for as long as it is there, whatever ends it.
  class Presence {
   public:
    Presence(Impl& server, Connection& connection) : server_(server), connection_(connection) {
      connection_.place = server_.busy_.insert(server_.busy_.end(), &connection_);
    }
    ~Presence() {
      server_.set_busy(connection_);
      server_.busy_.erase(connection_.place);
      if (server_.ending_) server_.stop_if_empty();
    }
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;

   private:
    Impl& server_;
    Connection& connection_;
  };

  /// Counts who waits for changes, for as long as he does.
  class Follower {
   public:
    explicit Follower(std::size_t& count) : count_(count) { ++count_; }
    ~Follower() { --count_; }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

   private:
    std::size_t& count_;
  };

  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (ending_) co_return;
      if (error) {
        log_.warning("a connection could not be accepted: " + error.message());
        asio::steady_timer pause(io_, kAfterFailedAccept);
        co_await pause.async_wait(kAwait);
      } else if (make_room()) {
        asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
      }
    }
  }

  /// False if all connections are being answered.
  bool make_room() {
    if (waiting_.size() + busy_.size() < most_) return true;
    if (waiting_.empty()) return false;
    log_.debug("there are too many connections: the one without a request for longest is closed");
    Connection& longest = *waiting_.front();
    set_busy(longest);
    longest.stream.close();
    return true;
  }

  void set_waiting(Connection& connection) {
    connection.waits = true;
    waiting_.splice(waiting_.end(), busy_, connection.place);
  }
  void set_busy(Connection& connection) {
    if (!connection.waits) return;
    connection.waits = false;
    busy_.splice(busy_.end(), waiting_, connection.place);
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    Connection connection(std::move(socket));
    const Presence presence(*this, connection);
    error_code ignored;
    connection.stream.socket().set_option(tcp::no_delay(true), ignored);  // the end of an answer waits for nothing
    beast::flat_buffer buffer(2 * kMostHeader);
    while (!ending_ && co_await serve_one(connection, buffer)) {
    }
    co_await read_rest(connection.stream);
  }

  /// Reads a request and answers it. False if it was the last of its connection.
  asio::awaitable<bool> serve_one(Connection& connection, beast::flat_buffer& buffer) {
    Parser parser;
    parser.header_limit(kMostHeader);
    parser.body_limit(0);
    set_waiting(connection);
    connection.stream.expires_after(kForRequest);
    const auto [error, bytes] = co_await http::async_read_header(connection.stream, buffer, parser, kAwait);
    set_busy(connection);
    std::optional<Response> refused = refusal(bytes > kMostHeader ? http::error::header_limit : error);
    if (error && !refused) co_return false;
    const http::request<http::empty_body>& request = parser.get();
    if (!refused && !parser.is_done()) refused = problem(kBodyRefused, "What is served here is only read.");
    if (!refused && !has_one_host(request)) refused = problem(kBadRequest, "The header Host must be there, once.");
    const bool keep_alive = !refused && request.keep_alive() && !ending_;
    const bool is_head = request.method() == http::verb::head;
    const unsigned version = request.version() == 10 ? 10 : 11;
    Response response = refused ? service_.finished(std::move(*refused), {}) : answer(request);
    if (!is_head && (response.follow || response.wait.count() > 0)) {
      const Follower follower(followers_);
      if (followers_ > std::max<std::size_t>(1, most_ / 2)) {
        response = service_.finished(too_many_followers(), header(request, http::field::origin));
      } else if (response.follow) {
        co_await stream(connection.stream, response, version);
        co_return false;
      } else {
        response = co_await answer_once_changed(request, std::move(response));
      }
    }
    const auto message = to_message(std::move(response), version, keep_alive && !ending_, is_head);
    connection.stream.expires_after(kForAnswer);
    const auto [failed, written] = co_await http::async_write(connection.stream, message, kAwait);
    co_return !failed && keep_alive;
  }

  /// The answer of a request that waits for a change.
  asio::awaitable<Response> answer_once_changed(const http::request<http::empty_body>& request, Response response) {
    const auto until = ChangeWatch::Clock::now() + response.wait;
    while (response.wait.count() > 0 && !ending_ && ChangeWatch::Clock::now() < until) {
      co_await watch_.wait(until);
      response = answer(request);
    }
    co_return response;
  }

  /// Writes events as they come, until the client goes, the server ends, or the store has no more to say. The client
  /// asks again then, and learns why.
  asio::awaitable<void> stream(beast::tcp_stream& stream, const Response& response, unsigned version) {
    auto head = head_of<http::empty_body>(response, version, false);
    const bool chunked = version == 11;
    head.chunked(chunked);
    http::response_serializer<http::empty_body> serializer(head);
    stream.expires_after(kForAnswer);
    const auto [failed, written] = co_await http::async_write_header(stream, serializer, kAwait);
    if (failed) co_return;
    EventPart part{.text = response.body, .place = *response.follow};
    for (;;) {
      if (!part.text.empty() && !co_await write_part(stream, part.text, chunked)) co_return;
      auto next = service_.events_after(part.place);
      if (!next || next->ends || ending_) break;
      part = std::move(*next);
      if (!part.text.empty()) continue;
      const auto until = ChangeWatch::Clock::now() + kSilence;
      co_await watch_.wait(until);
      if (ChangeWatch::Clock::now() >= until) part.text = ":\n\n";
    }
    if (chunked) co_await asio::async_write(stream, http::make_chunk_last(), kAwait);
  }

  static asio::awaitable<bool> write_part(beast::tcp_stream& stream, const std::string& text, bool chunked) {
    stream.expires_after(kForAnswer);
    error_code failed;
    if (chunked) {
      failed = std::get<0>(co_await asio::async_write(stream, http::make_chunk(asio::buffer(text)), kAwait));
    } else {
      failed = std::get<0>(co_await asio::async_write(stream, asio::buffer(text), kAwait));
    }
    co_return !failed;
  }

  Response answer(const http::request<http::empty_body>& request) {
    const auto start = std::chrono::steady_clock::now();
    const auto target = request.target();
    Response response = service_.answer({.method = method_of(request.method()),
                                         .target = {target.data(), target.size()},
                                         .authorization = header(request, http::field::authorization),
                                         .accept = header(request, http::field::accept),
                                         .if_none_match = header(request, http::field::if_none_match),
                                         .last_event_id = header(request, "Last-Event-ID"),
                                         .origin = header(request, http::field::origin)});
    if (log_.enabled(LogLevel::kDebug)) {
      const auto taken = std::chrono::steady_clock::now() - start;
      const auto method = request.method_string();
      log_.debug(fmt::format("{} {}: {}, {} bytes, {} us", std::string_view(method.data(), method.size()),
                             limits::shown({target.data(), target.size()}), response.status, response.body.size(),
                             std::chrono::duration_cast<std::chrono::microseconds>(taken).count()));
    }
    return response;
  }

  asio::awaitable<void> read_rest(beast::tcp_stream& stream) {
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream.expires_after(ending_ ? kForRestAtEnd : kForRest);
    std::array<char, 4096> rest{};
    for (std::size_t read = 0; read < kMostRest;) {
      const auto [error, bytes] = co_await stream.async_read_some(asio::buffer(rest), kAwait);
      if (error) co_return;
      read += bytes;
    }
  }

  void await_signal() {
    signals_.async_wait([this](const error_code& error, int signal) {
      if (error) return;
      if (ending_) {
        io_.stop();
        return;
      }
      log_.info(fmt::format("ends: {}", signal == SIGINT ? "SIGINT" : "SIGTERM"));
      await_signal();
      end();
    });
  }

  /// Nobody new; who has asked gets his answer, within bounds.
  void end() {
    ending_ = true;
    acceptor_.close();
    for (Connection* each : waiting_) each->stream.cancel();
    watch_.wake();
    deadline_.expires_after(kForEnd);
    deadline_.async_wait([this](const error_code&) { io_.stop(); });
    stop_if_empty();
  }
  void stop_if_empty() {
    if (waiting_.empty() && busy_.empty()) deadline_.cancel();
  }

  Service& service_;
  const Log& log_;
  const std::size_t most_;
  bool ending_ = false;
  std::list<Connection*> waiting_;  ///< for a request, the one that waits longest first
  std::list<Connection*> busy_;     ///< being answered, or on their way in or out
  std::size_t followers_ = 0;       ///< those of busy_ that wait for changes

  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::signal_set signals_{io_, SIGINT, SIGTERM};
  asio::steady_timer deadline_{io_};
  ChangeWatch watch_{io_, [this]() -> std::optional<std::int64_t> {
                       const auto last = service_.last_change();
                       return last ? std::optional(*last) : std::nullopt;
                     }};
};

std::expected<Server, std::string> Server::open(const Address& address, std::size_t max_connections, Service& service,
                                                const Log& log) {
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
    return Server(std::make_unique<Impl>(endpoint, max_connections, service, log));
  } catch (const boost::system::system_error& failure) {
    return std::unexpected(fmt::format("cannot listen at {}:{}: {}. Choose another with --listen HOST:PORT",
                                       address.host, address.port, failure.code().message()));
  }
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::Server(Server&&) noexcept = default;
Server::~Server() = default;

std::string Server::url() const {
  return impl_->url();
}

void Server::run() {
  impl_->run();
}

}  // namespace api
