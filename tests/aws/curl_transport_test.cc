#include "aws/curl_transport.h"

#include <array>
#include <cstdlib>
#include <future>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aws {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A socket that listens on a free port of the loopback interface.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~Listener() { close(); }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  [[nodiscard]] int accept() const { return ::accept(socket_, nullptr, nullptr); }
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  int socket_;
  std::string url_;
};

/// Reads one request with the body it announces.
std::string read_request(int connection) {
  std::string request;
  std::size_t whole = std::string::npos;
  while (request.size() < whole) {
    char bytes[65536];
    const ssize_t got = ::read(connection, bytes, sizeof(bytes));
    if (got <= 0) break;
    request.append(bytes, static_cast<std::size_t>(got));
    const std::size_t head = request.find("\r\n\r\n");
    const std::size_t length = request.find("Content-Length: ");
    if (head != std::string::npos && length != std::string::npos) {
      whole = head + 4 + std::stoul(request.substr(length + 16));
    }
  }
  return request;
}

void answer(int connection, std::string_view status_line, std::string_view body) {
  const std::string text = "HTTP/1.1 " + std::string(status_line) +
                           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  EXPECT_EQ(::write(connection, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

struct CurlTransportTest : testing::Test {
  std::expected<HttpResponse, HttpFailure> post(std::string_view url, std::string_view body = "{}") {
    const std::array<std::pair<std::string_view, std::string_view>, 1> headers{
        {{"X-Amz-Target", "Kinesis_20131202.Ask"}}};
    return transport.post({.url = url,
                           .headers = headers,
                           .body = body,
                           .region = "eu-west-2",
                           .service = "kinesis",
                           .credentials = credentials});
  }

  Credentials credentials{.access_key_id = "AKID", .secret_access_key = "SECRET", .session_token = ""};
  CurlTransport transport{{.total = std::chrono::seconds(10)}};
};

TEST_F(CurlTransportTest, SignsHeadersAndPostsTheBody) {
  credentials.session_token = "TOKEN==";
  const Listener listener;
  auto request = std::async(std::launch::async, [&listener] {
    const int connection = listener.accept();
    std::string text = read_request(connection);
    answer(connection, "200 OK", R"({"done":true})");
    ::close(connection);
    return text;
  });
  const auto response = post(listener.url(), R"({"a":1})");
  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, R"({"done":true})");
  const std::string text = request.get();
  EXPECT_THAT(text, HasSubstr("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(text, HasSubstr("X-Amz-Security-Token: TOKEN==\r\n"));
  EXPECT_THAT(text, HasSubstr("/eu-west-2/kinesis/aws4_request, SignedHeaders="));
  EXPECT_THAT(text, HasSubstr(";x-amz-security-token;x-amz-target"));
  EXPECT_THAT(text, Not(HasSubstr("SECRET")));
  EXPECT_TRUE(text.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_F(CurlTransportTest, KeepsItsConnectionAndTakesAnyStatusAsAnAnswer) {
  const Listener listener;
  std::jthread server([&listener] {
    const int connection = listener.accept();
    read_request(connection);
    answer(connection, "400 Bad Request", "no");
    read_request(connection);
    answer(connection, "503 Service Unavailable", "");
    ::close(connection);
  });
  EXPECT_EQ(post(listener.url())->status, 400);
  EXPECT_EQ(post(listener.url())->status, 503);
}

TEST_F(CurlTransportTest, PostsALargeBodyToAServerThatKnowsNoContinue) {
  const Listener listener;
  auto request = std::async(std::launch::async, [&listener] {
    const int connection = listener.accept();
    std::string text = read_request(connection);
    answer(connection, "200 OK", "");
    ::close(connection);
    return text;
  });
  const std::string body(3 * 1024 * 1024, 'x');
  ASSERT_TRUE(post(listener.url(), body));
  EXPECT_TRUE(request.get().ends_with("\r\n\r\n" + body));
}

TEST_F(CurlTransportTest, ReachesThisMachineWhateverProxyIsSet) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  const Listener listener;
  std::jthread server([&listener] {
    const int connection = listener.accept();
    read_request(connection);
    answer(connection, "200 OK", "");
    ::close(connection);
  });
  EXPECT_TRUE(post(listener.url()));
  unsetenv("http_proxy");
}

TEST_F(CurlTransportTest, CallsARefusedConnectionWorthRetrying) {
  Listener listener;
  const std::string url = listener.url();
  listener.close();
  const auto response = post(url);
  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().worth_retrying);
  EXPECT_THAT(response.error().what, HasSubstr("127.0.0.1"));
}

TEST_F(CurlTransportTest, CallsALostConnectionWorthRetrying) {
  const Listener listener;
  std::jthread server([&listener] {
    const int connection = listener.accept();
    read_request(connection);
    ::close(connection);
  });
  const auto response = post(listener.url());
  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().worth_retrying);
}

TEST_F(CurlTransportTest, EndsAWaitThatIsTooLong) {
  const Listener listener;  // accepts in its backlog, and never answers
  CurlTransport impatient({.total = std::chrono::milliseconds(50)});
  const auto response = impatient.post(
      {.url = listener.url(), .headers = {}, .body = "{}", .region = "r", .service = "s", .credentials = credentials});
  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().worth_retrying);
}

TEST_F(CurlTransportTest, RefusesWhatIsNoWebAddress) {
  const auto response = post("file:///etc/hostname");
  ASSERT_FALSE(response);
  EXPECT_FALSE(response.error().worth_retrying);
}

}  // namespace
}  // namespace aws
