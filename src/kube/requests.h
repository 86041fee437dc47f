#pragma once
// Private to this room: one request with everything that belongs to it, and what its answer means.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/context.h"
#include "data/value.h"
#include "kube/breaker.h"
#include "kube/client.h"
#include "kube/credentials.h"
#include "kube/rate.h"
#include "net/session.h"

namespace eidos::kube {

using Query = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string verb = "get";  ///< As RBAC calls it; decides the method.
  Target target = {};
  std::string path = {};  ///< Instead of the target's.
  Query query = {};
  std::string accept = "application/json";
  std::string content_type = "application/json";
  std::string body = {};
  bool harmless = false;  ///< A create that makes nothing: it may be sent twice.
};

/// Only objects with these labels and fields.
void narrow(Request& request, const Narrowing& narrowing);

/// What a server that did not do it said.
struct Refusal {
  int status = 0;
  std::string reason = {};   ///< Of the Status: "Forbidden", "Expired".
  std::string message = {};  ///< Of the Status, or the first line of whatever came.
};

/// An answer with a status below 300, or the refusal.
struct Outcome {
  std::unique_ptr<net::Exchange> exchange = nullptr;
  std::optional<Refusal> refusal = std::nullopt;
};

/// After "application/json;as=PartialObjectMetadata" or "…List": objects without spec and status.
inline constexpr std::string_view kMetadata = ";g=meta.k8s.io;v=v1";
/// What is waited for between two tries, for messages.
inline constexpr std::string_view kNextTry = "the next try";

/// Sends requests: credentials, tries, breaker.
class Requests {
 public:
  Requests(const Context& context, Config config, ClientOptions options);
  /// Opens the session. Invalid: certificates.
  Result<void> open();

  const Config& config() const { return config_; }
  const ClientOptions& options() const { return options_; }

  /// An error only when there was no answer, or none but 429 and 5xx after all tries.
  Result<Outcome> send(const Request& request, const Limit& limit);
  /// The JSON document of an answer, and a refusal as error().
  Result<data::Value> document(const Request& request, const Limit& limit);
  /// What went wrong with `request`, for people.
  Error error(const Request& request, const Refusal& refusal) const;
  Error error(const Request& request, Error inner) const;

 private:
  struct Try {
    Outcome outcome;
    Milliseconds wait{0};  ///< As the server asked for (Retry-After).
  };
  Result<Try> once(const net::Call& call, const Limit& limit);
  Result<net::Call> call_of(const Request& request, const Limit& limit);
  Milliseconds pause_before(int attempt, Milliseconds asked);

  Config config_;
  ClientOptions options_;
  Files& files_;
  const Clock& clock_;
  Credentials credentials_;
  Breaker breaker_;
  Rate rate_;
  std::unique_ptr<net::Session> session_;
};

}  // namespace eidos::kube
