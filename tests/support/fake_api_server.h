#pragma once
// An API server of the test's own, in this process: what it answers is up to the test, so that it can refuse,
// stall, cut and talk nonsense.
//
//   FakeApiServer server([](const ApiRequest& asked) { return json_answer(200, "{}"); });
//   ApiClient api(server.url());
//   api.client().get(...);

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "kube/client.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"
#include "support/test_server.h"

namespace eidos::testing {

struct ApiRequest {
  std::string method;
  std::string target;  ///< Path and query, as sent.
  std::string head;
  std::string body;

  bool has(std::string_view part) const { return target.find(part) != std::string::npos; }
};

inline std::string json_answer(int status, const std::string& body, const std::string& headers = "") {
  return answer(status, body, "Content-Type: application/json\r\n" + headers);
}
/// A refusal in the API's own form.
inline std::string status_answer(int status, const std::string& reason, const std::string& message,
                                 const std::string& headers = "") {
  return json_answer(status,
                     cat(R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":")", message,
                         R"(","reason":")", reason, R"(","code":)", status, "}"),
                     headers);
}

/// The head of an answer that comes in chunks, one of them, and their end.
inline constexpr const char* kStream =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
inline std::string chunk(const std::string& text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string size;
  for (std::size_t n = text.size(); n > 0; n >>= 4) size.insert(size.begin(), kHex[n & 15]);
  return cat(size, "\r\n", text, "\r\n");
}

class FakeApiServer {
 public:
  /// Bytes that answer a request; "" closes the connection instead.
  using Reply = std::function<std::string(const ApiRequest&)>;
  /// Does it all by hand; false closes the connection.
  using Play = std::function<bool(const ApiRequest&, Peer&)>;

  explicit FakeApiServer(const Reply& reply, const std::optional<TlsServer>& tls = std::nullopt)
      : FakeApiServer(Play([reply](const ApiRequest& asked, Peer& peer) {
                        std::string bytes = reply(asked);
                        return !bytes.empty() && peer.send(bytes);
                      }),
                      tls) {}
  explicit FakeApiServer(Play play, const std::optional<TlsServer>& tls = std::nullopt)
      : play_(std::move(play)), server_([this](Peer& peer) { serve(peer); }, tls) {}

  std::string url() const { return server_.url("127.0.0.1", ""); }
  int connections() const { return server_.connections(); }
  /// "GET /version", in the order they came.
  std::vector<std::string> asked() const {
    std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void serve(Peer& peer) {
    for (;;) {
      ApiRequest request;
      request.head = peer.read_head();
      if (!request.head.ends_with("\r\n\r\n")) return;
      std::size_t blank = request.head.find(' ');
      request.method = request.head.substr(0, blank);
      request.target = request.head.substr(blank + 1, request.head.find(' ', blank + 1) - blank - 1);
      constexpr std::string_view kLength = "Content-Length: ";
      if (std::size_t at = request.head.find(kLength); at != std::string::npos)
        for (auto size = std::stoul(request.head.substr(at + kLength.size())); request.body.size() < size;) {
          std::string more = peer.read(size - request.body.size());
          if (more.empty()) return;
          request.body += more;
        }
      {
        std::lock_guard lock(mutex_);
        asked_.push_back(cat(request.method, " ", request.target));
      }
      if (!play_(request, peer)) return;
    }
  }

  Play play_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  TestServer server_;  ///< Last: its threads use the others.
};

/// A client with the world it needs.
class ApiClient {
 public:
  explicit ApiClient(const std::string& server)
      : ApiClient(kube::Config{.context = "dev", .cluster = "c", .user = "u", .server = server}) {}
  explicit ApiClient(kube::Config config) : config_(std::move(config)) {}

  FakeFiles files;
  FakeProcesses processes;
  FakeClock clock;
  CaptureLog log;
  kube::ClientOptions options{.first_pause = Milliseconds(1),
                              .environment = [](const char*) { return std::string(); }};

  /// Made at the first call.
  kube::Client& client() {
    if (!client_) {
      auto made = open();
      EXPECT_TRUE(made) << made.error().message;
      client_ = *std::move(made);
    }
    return *client_;
  }
  Result<std::unique_ptr<kube::Client>> open() {
    return kube::open_client({files, clock, processes, log}, config_, options);
  }

 private:
  kube::Config config_;
  std::unique_ptr<kube::Client> client_;
};

/// Hands out a client that the test made.
class OneClient final : public kube::SharedClient {
 public:
  explicit OneClient(kube::Client* client) : client_(client) {}
  Result<kube::Client*> get() override { return client_; }

 private:
  kube::Client* client_;
};

}  // namespace eidos::testing
