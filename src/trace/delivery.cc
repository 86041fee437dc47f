#include "trace/delivery.h"

#include <algorithm>

#include "base/text.h"
#include "net/session.h"

namespace eidos::trace {

namespace {

constexpr std::int64_t kMostAnswer = 256 * 1024;

// OTLP specification, "Failures": these, and no answer at all, may be tried again.
ErrorKind kind_of(int status) {
  switch (status) {
    case 429: return ErrorKind::RateLimited;
    case 502:
    case 503:
    case 504: return ErrorKind::Unavailable;
    case 401:
    case 403: return ErrorKind::Denied;
    case 404: return ErrorKind::NotFound;
    default: return ErrorKind::Invalid;
  }
}

class HttpDelivery final : public Delivery {
 public:
  HttpDelivery(DeliveryOptions options, std::unique_ptr<net::Session> session)
      : options_(std::move(options)), session_(std::move(session)) {}

  Result<std::int64_t> send(const std::vector<SpanRecord>& spans, const Limit& limit) override {
    const net::Call call{.method = "POST",
                         .target = options_.endpoint.target,
                         .fields = {{"Content-Type", "application/json"}, {"Accept", "application/json"}},
                         .body = otlp_request(options_.resource, spans),
                         .repeatable = false};
    auto exchange = session_->send(call, limit);
    if (!exchange) return std::unexpected(std::move(exchange).error().at(net::shown(options_.endpoint)));
    const int status = (*exchange)->head().status;
    auto body = net::read_body(**exchange, kMostAnswer);
    if (status == 200 && body) return rejected_spans(*body);
    if (status == 200) return 0;  // taken; what else it says is cut off
    return fail(kind_of(status), cat("the collector answers ", status), net::shown(options_.endpoint),
                status == 404 ? "is this the address of OTLP over HTTP?" : "");
  }

 private:
  DeliveryOptions options_;
  std::unique_ptr<net::Session> session_;
};

}  // namespace

Result<std::unique_ptr<Delivery>> open_delivery(Files& files, DeliveryOptions options) {
  net::SessionOptions session{.server = options.endpoint,
                              .trust_hint = "name its authority in SSL_CERT_FILE",
                              .user_agent = cat("eidos/", options.resource.version)};
  EIDOS_TRY(std::unique_ptr<net::Session> opened, net::open_session(files, std::move(session)));
  return std::make_unique<HttpDelivery>(std::move(options), std::move(opened));
}

}  // namespace eidos::trace
