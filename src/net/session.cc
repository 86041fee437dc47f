#include "net/session.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/wait.h"
#include "net/dial.h"

namespace eidos::net {

namespace {

constexpr std::size_t kMostIdle = 8;
// Servers and what stands before them close what is idle for a minute or more; a connection that is about to
// be closed is no good.
constexpr std::chrono::seconds kMostIdleTime{45};

// One connection, with the waiter that its channels hold on to.
struct Connection {
  explicit Connection(const Limit& limit) : waiter(limit) {}
  Waiter waiter;
  std::unique_ptr<Channel> channel;
  std::unique_ptr<AnswerReader> reader;
  bool used = false;  ///< It carried a request before.
  std::uint64_t generation = 0;
  SteadyTime idle_since{};
};
using ConnectionPtr = std::unique_ptr<Connection>;

bool has_line_end(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

class Pool final : public Session {
 public:
  Pool(Files& files, SessionOptions options, std::optional<Url> proxy)
      : files_(files), options_(std::move(options)), proxy_(std::move(proxy)) {}

  Result<std::unique_ptr<Exchange>> send(const Call& call, const Limit& limit) override;
  void use(TlsSettings tls) override {
    std::lock_guard lock(mutex_);
    if (tls == options_.tls) return;
    options_.tls = std::move(tls);
    context_.reset();
    idle_.clear();
    ++generation_;
  }
  void keep(ConnectionPtr connection) {
    std::lock_guard lock(mutex_);
    if (connection->generation != generation_ || idle_.size() >= kMostIdle) return;
    connection->idle_since = std::chrono::steady_clock::now();
    connection->waiter.renew({});
    idle_.push_back(std::move(connection));
  }
  Milliseconds idle_time() const { return options_.idle_time; }

 private:
  ConnectionPtr kept() {
    std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      ConnectionPtr connection = std::move(idle_.back());
      idle_.pop_back();
      if (std::chrono::steady_clock::now() - connection->idle_since < kMostIdleTime) return connection;
    }
    return nullptr;
  }

  Result<ConnectionPtr> fresh(const Limit& limit) {
    auto connection = std::make_unique<Connection>(limit);
    connection->generation = generation();
    Route route{.url = options_.server,
                .server_name = options_.server_name,
                .server_tls = [&] { return context(connection->generation); },
                .proxy_tls =
                    [this] {
                      return tls_context(files_, options_.environment("EIDOS_PROXY_CA_CERT"),
                                         options_.environment);
                    },
                .trust_hint = options_.trust_hint,
                .user_agent = options_.user_agent};
    EIDOS_TRY(route.proxy, proxy());
    EIDOS_TRY(connection->channel, dial(connection->waiter, route, options_.lookup));
    connection->reader = std::make_unique<AnswerReader>(*connection->channel);
    return connection;
  }

  std::uint64_t generation() {
    std::lock_guard lock(mutex_);
    return generation_;
  }

  Result<std::optional<Url>> proxy() const {
    if (!options_.server.secure) return std::nullopt;  // plain http does not leave this machine
    if (proxy_) return proxy_;
    return proxy_for(options_.server, options_.environment);
  }

  Result<TlsContext> context(std::uint64_t& generation) {
    std::lock_guard lock(mutex_);
    generation = generation_;
    if (context_) return context_;
    EIDOS_TRY(context_, tls_context(files_, options_.tls, options_.environment));
    return context_;
  }

  std::string head_of(const Call& call) const {
    std::string out = cat(call.method, " ", call.target, " HTTP/1.1\r\nHost: ", authority(options_.server),
                          "\r\nUser-Agent: ", options_.user_agent, "\r\n");
    for (const Field& field : call.fields) out += cat(field.name, ": ", field.value, "\r\n");
    if (!call.body.empty() || call.method != "GET") out += cat("Content-Length: ", call.body.size(), "\r\n");
    return out + "\r\n";
  }

  static Result<Head> exchange(Connection& connection, std::string_view head, std::string_view body) {
    connection.reader = std::make_unique<AnswerReader>(*connection.channel);
    EIDOS_CHECK(connection.channel->write(head));
    if (!body.empty()) EIDOS_CHECK(connection.channel->write(body));
    return connection.reader->head();
  }

  Files& files_;
  SessionOptions options_;
  std::optional<Url> proxy_;
  std::mutex mutex_;
  TlsContext context_;
  std::uint64_t generation_ = 0;
  std::vector<ConnectionPtr> idle_;
};

class Answering final : public Exchange {
 public:
  Answering(Pool& pool, ConnectionPtr connection, Head head, Limit limit)
      : pool_(pool),
        connection_(std::move(connection)),
        head_(std::move(head)),
        limit_(std::move(limit)),
        idle_(pool.idle_time()) {}
  ~Answering() override {
    if (connection_ && connection_->reader->reusable()) pool_.keep(std::move(connection_));
  }
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;

  const Head& head() const override { return head_; }
  void be_patient(Milliseconds idle) override { idle_ = idle; }
  Result<std::string_view> next() override {
    connection_->waiter.renew(limit_.within(idle_));
    return connection_->reader->next();
  }

 private:
  Pool& pool_;
  ConnectionPtr connection_;
  Head head_;
  Limit limit_;
  Milliseconds idle_;
};

// A server may close a kept connection at the very moment it is used again. That says nothing about the
// server, so it does not count as an attempt, as long as the request may be sent twice.
Result<std::unique_ptr<Exchange>> Pool::send(const Call& call, const Limit& limit) {
  const std::string head = head_of(call);
  if (has_line_end(call.target) || std::ranges::any_of(call.fields, [](const Field& field) {
        return has_line_end(field.name) || has_line_end(field.value);
      }))
    return fail(ErrorKind::Invalid, "a line end within a request");
  const Limit attempt = limit.within(options_.head_time);
  for (;;) {
    ConnectionPtr connection = call.repeatable ? kept() : nullptr;
    if (connection == nullptr) {
      EIDOS_TRY(connection, fresh(attempt));
    } else {
      connection->waiter.renew(attempt);
    }
    auto answered = exchange(*connection, head, call.body);
    if (answered) {
      connection->used = true;
      return std::make_unique<Answering>(*this, std::move(connection), *std::move(answered), limit);
    }
    bool stale =
        connection->used && !connection->reader->began() && answered.error().kind == ErrorKind::Unavailable;
    if (!stale) return std::unexpected(std::move(answered).error());
  }
}

}  // namespace

Result<std::string> read_body(Exchange& exchange, std::int64_t most) {
  std::string body;
  if (exchange.head().length) body.reserve(std::min<std::uint64_t>(*exchange.head().length, 1 << 20));
  for (;;) {
    EIDOS_TRY(std::string_view piece, exchange.next());
    if (piece.empty()) return body;
    body += piece;
    if (std::cmp_greater(body.size(), most))
      return fail(ErrorKind::Invalid, cat("the answer is larger than ", most, " bytes"));
  }
}

Result<std::unique_ptr<Session>> open_session(Files& files, SessionOptions options) {
  std::optional<Url> proxy;
  if (!options.proxy.empty()) {
    EIDOS_TRY(proxy, parse_url(options.proxy));
  }
  return std::make_unique<Pool>(files, std::move(options), std::move(proxy));
}

}  // namespace eidos::net
