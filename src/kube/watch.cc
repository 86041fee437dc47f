#include "kube/watch.h"

#include "base/text.h"
#include "base/wait.h"
#include "data/document.h"
#include "kube/list_stream.h"
#include "kube/tree.h"

namespace eidos::kube {

namespace {

// The server ends a watch after this; a little later we take it for dead.
constexpr std::int64_t kWatchSeconds = 300;
constexpr std::chrono::seconds kSilence{kWatchSeconds + 30};
constexpr std::chrono::seconds kPauseBetween{1};

class Watcher {
 public:
  Watcher(Requests& requests, const Target& target, const WatchOptions& options, std::string version,
          const WatchSink& sink, const Limit& limit)
      : requests_(requests),
        target_(target),
        options_(options),
        version_(std::move(version)),
        sink_(sink),
        limit_(limit) {}

  // A stream that breaks is taken up again where it was; how often it may do so without bringing anything is
  // up to Requests, which counts what fails.
  Result<void> run() {
    for (;;) {
      bool news = false;
      auto done = stream(news);
      if (!done && !(done.error().kind == ErrorKind::Unavailable && lost_))
        return std::unexpected(std::move(done).error());
      if (done && *done) return {};
      if (!news) EIDOS_CHECK(pause(kPauseBetween, limit_, kNextTry));
    }
  }

 private:
  Request request() const {
    Request request{.verb = "watch", .target = target_};
    if (options_.metadata_only) request.accept = cat("application/json;as=PartialObjectMetadata", kMetadata);
    request.query = {
        {"watch", "true"}, {"allowWatchBookmarks", "true"}, {"timeoutSeconds", cat(kWatchSeconds)}};
    if (!version_.empty()) request.query.emplace_back("resourceVersion", version_);
    narrow(request, options_.narrowing);
    return request;
  }

  // True when the sink has enough.
  Result<bool> stream(bool& news) {
    lost_ = false;
    const Request asked = request();
    EIDOS_TRY(Outcome outcome, requests_.send(asked, limit_));
    if (outcome.refusal) return std::unexpected(requests_.error(asked, *outcome.refusal));
    outcome.exchange->be_patient(kSilence);
    std::string line;
    for (;;) {
      auto piece = outcome.exchange->next();
      if (!piece) {
        lost_ = true;
        return std::unexpected(requests_.error(asked, std::move(piece).error()));
      }
      if (piece->empty()) return false;
      line += *piece;
      EIDOS_TRY(bool enough, lines(asked, line, news));
      if (enough) return true;
    }
  }

  Result<bool> lines(const Request& asked, std::string& text, bool& news) {
    std::size_t at = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
      EIDOS_TRY(bool enough, event(asked, std::string_view(text).substr(at, end - at)));
      news = true;
      at = end + 1;
      if (enough) return true;
    }
    text.erase(0, at);
    if (text.size() > kMostObjectBytes)
      return std::unexpected(requests_.error(asked, {ErrorKind::Invalid, "an event is too large", {}, {}}));
    return false;
  }

  Result<bool> event(const Request& asked, std::string_view text) {
    if (trim(text).empty()) return false;
    data::Sources sources;
    auto root = data::parse_json(text, sources, "an event");
    const data::Value* object = root ? root->find("object") : nullptr;
    if (object == nullptr)
      return std::unexpected(requests_.error(
          asked, {ErrorKind::Invalid, "the stream holds something that is no event", {}, {}}));
    WatchEvent news{text_at(*root, {"type"}), *object};
    if (news.type == "ERROR") {
      auto code = to_int(text_at(news.object, {"code"})).value_or(500);
      return std::unexpected(
          requests_.error(asked, Refusal{static_cast<int>(code), text_at(news.object, {"reason"}),
                                         text_at(news.object, {"message"})}));
    }
    if (std::string version = text_at(news.object, {"metadata", "resourceVersion"}); !version.empty())
      version_ = version;
    if (news.type == "BOOKMARK") return false;
    EIDOS_TRY(bool more, sink_(news));
    return !more;
  }

  Requests& requests_;
  const Target& target_;
  const WatchOptions& options_;
  std::string version_;
  const WatchSink& sink_;
  const Limit& limit_;
  bool lost_ = false;
};

}  // namespace

Result<void> run_watch(Requests& requests, const Target& target, const WatchOptions& options,
                       std::string resource_version, const WatchSink& sink, const Limit& limit) {
  return Watcher(requests, target, options, std::move(resource_version), sink, limit).run();
}

Result<void> run_logs(Requests& requests, const Target& target, const LogOptions& options,
                      const std::function<Result<bool>(std::string_view)>& sink, const Limit& limit) {
  Request request{.target = target, .accept = "text/plain, application/json"};
  if (!options.container.empty()) request.query.emplace_back("container", options.container);
  if (options.follow) request.query.emplace_back("follow", "true");
  if (options.tail_lines >= 0) request.query.emplace_back("tailLines", cat(options.tail_lines));
  EIDOS_TRY(Outcome outcome, requests.send(request, limit));
  if (outcome.refusal) return std::unexpected(requests.error(request, *outcome.refusal));
  // A program may be silent for as long as it likes.
  if (options.follow) outcome.exchange->be_patient(std::chrono::hours(24));
  for (;;) {
    auto piece = outcome.exchange->next();
    if (!piece) return std::unexpected(requests.error(request, std::move(piece).error()));
    if (piece->empty()) return {};
    EIDOS_TRY(bool more, sink(*piece));
    if (!more) return {};
  }
}

}  // namespace eidos::kube
