#include "kube/list.h"

#include "base/text.h"
#include "data/document.h"
#include "kube/list_stream.h"

namespace eidos::kube {

namespace {

constexpr std::string_view kProtobuf = "application/vnd.kubernetes.protobuf";
// A server that never comes to an end; a real list of this many pages has fifty million objects.
constexpr int kMostPages = 100'000;

Request request_for(const Target& target, const ListOptions& options, const ListSink& sink,
                    const std::string& resume) {
  Request request{.verb = "list", .target = target};
  if (sink.protobuf) request.accept = cat(kProtobuf, ", application/json;q=0.9");
  if (options.metadata_only) request.accept = cat("application/json;as=PartialObjectMetadataList", kMetadata);
  narrow(request, options.narrowing);
  if (options.from_cache) {
    request.query.emplace_back("resourceVersion", "0");
  } else {
    request.query.emplace_back("limit", cat(options.page));
    if (!resume.empty()) request.query.emplace_back("continue", resume);
  }
  return request;
}

class Lister {
 public:
  Lister(Requests& requests, const Target& target, const ListOptions& options, const ListSink& sink,
         const Limit& limit)
      : requests_(requests), target_(target), options_(options), sink_(sink), limit_(limit) {}

  // Starts over once for an expired token and once for a connection that broke on the way.
  Result<void> run() {
    bool expired_before = false;
    bool broken_before = false;
    for (;;) {
      sink_.begin();
      expired_ = broken_ = false;
      auto done = pages();
      if (done) return done;
      bool again = (expired_ && !expired_before) || (broken_ && !broken_before);
      if (!again || !limit_.check("listing")) return done;
      expired_before = expired_before || expired_;
      broken_before = broken_before || broken_;
    }
  }

 private:
  Result<void> pages() {
    std::string resume;
    for (int page = 0; page < kMostPages; ++page) {
      const Request request = request_for(target_, options_, sink_, resume);
      EIDOS_TRY(Outcome outcome, requests_.send(request, limit_));
      if (outcome.refusal) {
        expired_ = outcome.refusal->status == 410;
        return std::unexpected(requests_.error(request, *outcome.refusal));
      }
      auto end = read(*outcome.exchange);
      if (!end) return std::unexpected(requests_.error(request, std::move(end).error()));
      if (end->resume.empty()) {
        if (sink_.end) sink_.end(end->resource_version);
        return {};
      }
      if (end->resume == resume) break;
      resume = std::move(end->resume);
    }
    return std::unexpected(requests_.error(request_for(target_, options_, sink_, {}),
                                           {ErrorKind::Invalid, "the list does not come to an end", {}, {}}));
  }

  Result<ListEnd> read(net::Exchange& exchange) {
    bool binary = exchange.head().content_type.starts_with(kProtobuf);
    if (binary) {
      if (!sink_.protobuf) return fail(ErrorKind::Invalid, "the answer is protobuf, which was not asked for");
      ProtobufListStream stream(sink_.protobuf);
      return read(exchange, stream);
    }
    JsonListStream stream([this](std::string_view text) -> Result<void> {
      data::Sources sources;
      auto object = data::parse_json(text, sources, "an object of the list");
      if (!object) return std::unexpected(std::move(object).error());
      return sink_.json(*object);
    });
    return read(exchange, stream);
  }

  Result<ListEnd> read(net::Exchange& exchange, ListStream& stream) {
    for (;;) {
      auto piece = exchange.next();
      if (!piece) {
        broken_ = piece.error().kind == ErrorKind::Unavailable;
        return std::unexpected(std::move(piece).error());
      }
      if (piece->empty()) return stream.finish();
      EIDOS_CHECK(stream.feed(*piece));
    }
  }

  Requests& requests_;
  const Target& target_;
  const ListOptions& options_;
  const ListSink& sink_;
  const Limit& limit_;
  bool expired_ = false;
  bool broken_ = false;
};

}  // namespace

Result<void> run_list(Requests& requests, const Target& target, const ListOptions& options,
                      const ListSink& sink, const Limit& limit) {
  return Lister(requests, target, options, sink, limit).run();
}

}  // namespace eidos::kube
