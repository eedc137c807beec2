#include "aws/curl_transport.h"

#include <cstdlib>

#include <curl/curl.h>

namespace aws {
namespace {

constexpr std::size_t kLongestAnswer = std::size_t{64} * 1024 * 1024;

/// libcurl's global state, made once and before the first handle.
void init_libcurl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) std::abort();
}

struct HandleDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::size_t append_answer(char* bytes, std::size_t, std::size_t size, void* answer) {
  auto& body = *static_cast<std::string*>(answer);
  if (body.size() + size > kLongestAnswer) return 0;  // libcurl reports it as a write error
  body.append(bytes, size);
  return size;
}

/// A proxy set for the outside world cannot reach this machine's own servers.
bool is_loopback(const std::string& url) {
  std::unique_ptr<CURLU, UrlDeleter> parsed(curl_url());
  char* host = nullptr;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) {
    return false;
  }
  const std::string name = host;
  curl_free(host);
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

bool worth_retrying(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct CurlTransport::Impl {
  Timeouts timeouts;
  std::unique_ptr<CURL, HandleDeleter> handle;
  char error[CURL_ERROR_SIZE] = "";
};

CurlTransport::CurlTransport(Timeouts timeouts) : impl_(std::make_unique<Impl>()) {
  init_libcurl();
  impl_->timeouts = timeouts;
  impl_->handle.reset(curl_easy_init());
}

CurlTransport::~CurlTransport() = default;

std::expected<HttpResponse, HttpFailure> CurlTransport::post(const HttpRequest& request) {
  CURL* handle = impl_->handle.get();
  curl_easy_reset(handle);  // forgets the options, keeps the connection
  impl_->error[0] = '\0';
  const std::string url(request.url);
  const std::string scope = "aws:amz:" + std::string(request.region) + ':' + std::string(request.service);

  std::unique_ptr<curl_slist, ListDeleter> headers;
  const auto add_header = [&headers](std::string_view name, std::string_view value) {
    const std::string line = std::string(name) + ": " + std::string(value);
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  for (const auto& [name, value] : request.headers) add_header(name, value);
  if (!request.credentials.session_token.empty()) {
    add_header("X-Amz-Security-Token", request.credentials.session_token);
  }

  HttpResponse response;
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  if (is_loopback(url)) curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the size is set above
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  // Removing the header "Expect: 100-continue" is no way out: the signer of libcurl 7.88 then signs an empty one.
  curl_easy_setopt(handle, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
  curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, scope.c_str());
  curl_easy_setopt(handle, CURLOPT_USERNAME, request.credentials.access_key_id.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, request.credentials.secret_access_key.c_str());
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(impl_->timeouts.connect.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(impl_->timeouts.total.count()));
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, impl_->error);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append_answer);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &response.body);

  const CURLcode code = curl_easy_perform(handle);
  if (code != CURLE_OK) {
    const std::string detail = impl_->error[0] != '\0' ? impl_->error : curl_easy_strerror(code);
    return std::unexpected(HttpFailure{.what = detail, .worth_retrying = worth_retrying(code)});
  }
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &response.status);
  return response;
}

}  // namespace aws
