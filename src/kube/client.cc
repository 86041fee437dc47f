#include "kube/client.h"

#include <mutex>
#include <optional>

#include "base/text.h"
#include "data/document.h"
#include "kube/list.h"
#include "kube/requests.h"
#include "kube/tree.h"
#include "kube/watch.h"

namespace eidos::kube {

namespace {

class HttpClient final : public Client {
 public:
  HttpClient(const Context& context, Config config, ClientOptions options)
      : requests_(context, std::move(config), std::move(options)) {}

  Result<void> open() { return requests_.open(); }
  const Config& config() const override { return requests_.config(); }

  Result<data::Value> get_path(const std::string& path, const Limit& limit) override {
    return requests_.document({.path = path}, limit);
  }

  Result<data::Value> get(const Target& target, const Limit& limit) override {
    return requests_.document({.target = target}, limit);
  }

  Result<data::Value> create(const Target& target, const data::Value& object, const Limit& limit) override {
    Target collection = target;
    collection.name.clear();
    return requests_.document(
        {.verb = "create", .target = std::move(collection), .body = data::to_compact_json(object)}, limit);
  }

  Result<data::Value> apply(const Target& target, const data::Value& object, const ApplyOptions& options,
                            const Limit& limit) override {
    Query query = {{"fieldManager", options.manager}};
    if (options.force) query.emplace_back("force", "true");
    return requests_.document({.verb = "patch",
                               .target = target,
                               .query = std::move(query),
                               .content_type = "application/apply-patch+yaml",
                               .body = data::to_compact_json(object)},
                              limit);
  }

  Result<bool> remove(const Target& target, const DeleteOptions& options, const Limit& limit) override {
    data::Map body;
    body.set("apiVersion", "v1");
    body.set("kind", "DeleteOptions");
    body.set("propagationPolicy", options.propagation);
    if (!options.uid.empty()) {
      data::Map preconditions;
      preconditions.set("uid", options.uid);
      body.set("preconditions", data::Value(std::move(preconditions)));
    }
    const Request request{
        .verb = "delete", .target = target, .body = data::to_compact_json(data::Value(std::move(body)))};
    EIDOS_TRY(Outcome outcome, requests_.send(request, limit));
    if (!outcome.refusal) return true;
    // 409: what has the name now is not what was meant.
    int status = outcome.refusal->status;
    if (status == 404 || (status == 409 && !options.uid.empty())) return false;
    return std::unexpected(requests_.error(request, *outcome.refusal));
  }

  Result<bool> may(const Right& right, const Limit& limit) override;

  Result<void> list(const Target& target, const ListOptions& options, const ListSink& sink,
                    const Limit& limit) override {
    return run_list(requests_, target, options, sink, limit);
  }
  Result<void> watch(const Target& target, const WatchOptions& options, std::string resource_version,
                     const WatchSink& sink, const Limit& limit) override {
    return run_watch(requests_, target, options, std::move(resource_version), sink, limit);
  }
  Result<void> logs(const std::string& ns, const std::string& pod, const LogOptions& options,
                    const std::function<Result<bool>(std::string_view)>& sink, const Limit& limit) override {
    return run_logs(requests_, {pods(), ns, pod, "log"}, options, sink, limit);
  }

 private:
  Requests requests_;
};

Result<bool> HttpClient::may(const Right& right, const Limit& limit) {
  data::Map attributes;
  attributes.set("verb", right.verb);
  attributes.set("group", right.resource.group);
  attributes.set("version", right.resource.version);
  attributes.set("resource", right.resource.plural);
  if (!right.subresource.empty()) attributes.set("subresource", right.subresource);
  if (!right.ns.empty()) attributes.set("namespace", right.ns);
  if (!right.name.empty()) attributes.set("name", right.name);
  data::Map spec;
  spec.set("resourceAttributes", data::Value(std::move(attributes)));
  data::Map review;
  review.set("apiVersion", "authorization.k8s.io/v1");
  review.set("kind", "SelfSubjectAccessReview");
  review.set("spec", data::Value(std::move(spec)));
  const Target target{
      {.group = "authorization.k8s.io", .plural = "selfsubjectaccessreviews", .namespaced = false}};
  EIDOS_TRY(data::Value answer,
            requests_.document({.verb = "create",
                                .target = target,
                                .body = data::to_compact_json(data::Value(std::move(review))),
                                .harmless = true},
                               limit));
  const data::Value* allowed = dig(answer, {"status", "allowed"});
  return allowed != nullptr && allowed->is_bool() && allowed->boolean();
}

class OneClient final : public SharedClient {
 public:
  OneClient(const Context& context, Selection chosen, ClientOptions options)
      : context_(context), chosen_(std::move(chosen)), options_(std::move(options)) {}

  Result<Client*> get() override {
    std::lock_guard lock(mutex_);
    if (!made_) made_.emplace(make());
    if (!*made_) return std::unexpected(made_->error());
    return (*made_)->get();
  }

 private:
  Result<std::unique_ptr<Client>> make() {
    EIDOS_TRY(std::optional<Config> config, find_config(context_.files, options_.environment, chosen_));
    if (!config) return nullptr;
    if (config->insecure)
      context_.log.warn(
          cat("the certificate of cluster ", quote(config->cluster),
              " is not checked (insecure-skip-tls-verify): anybody on the way can read and change "
              "what is said"));
    options_.per_second = chosen_.per_second;
    return open_client(context_, *std::move(config), options_);
  }

  Context context_;
  Selection chosen_;
  ClientOptions options_;
  std::mutex mutex_;
  std::optional<Result<std::unique_ptr<Client>>> made_;
};

}  // namespace

Result<std::unique_ptr<Client>> open_client(const Context& context, Config config, ClientOptions options) {
  auto client = std::make_unique<HttpClient>(context, std::move(config), std::move(options));
  EIDOS_CHECK(client->open());
  return client;
}

std::unique_ptr<SharedClient> shared_client(const Context& context, Selection chosen, ClientOptions options) {
  return std::make_unique<OneClient>(context, std::move(chosen), std::move(options));
}

}  // namespace eidos::kube
