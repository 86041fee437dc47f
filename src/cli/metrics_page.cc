#include "cli/metrics_page.h"

#include "base/text.h"
#include "cli/snapshot_output.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kPath = "/metrics";

}  // namespace

Result<net::ServerOptions> parse_serve(std::string_view text) {
  net::ServerOptions options;
  std::size_t colon = text.rfind(':');
  std::string_view host = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
  std::string_view port = text.substr(colon + 1);  // npos + 1 == 0: the whole
  auto number = to_int(port);
  bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  bool whole = bracketed || host.find_first_of(":[]") == std::string_view::npos;
  if (!whole || !number || *number < 0 || *number > 65535 || port.starts_with('+'))
    return fail(ErrorKind::Invalid, cat("--serve: ", quote(text), " is not an address and port"), {},
                "write :9090 for this machine only, 0.0.0.0:9090 or [::]:9090 for everybody");
  if (!host.empty()) options.host = host;
  options.port = static_cast<std::uint16_t>(*number);
  return options;
}

Result<std::unique_ptr<MetricsPage>> MetricsPage::open(const Flags& flags, Session& session) {
  std::unique_ptr<MetricsPage> page(new MetricsPage(session));
  EIDOS_TRY(net::ServerOptions options, parse_serve(flags.text("serve")));
  EIDOS_TRY(page->recipe_, constraints_recipe(flags, session));
  EIDOS_TRY(page->server_, net::listen(options, [page = page.get()](const net::ServerRequest& request) {
              return page->answer(request);
            }));
  std::string host = options.host.find(':') == std::string::npos ? options.host : cat("[", options.host, "]");
  if (!session.quiet)
    session.world.write_stderr(cat("eidos: serving http://", host, ":", page->server_->port(), kPath, "\n"));
  return page;
}

Result<void> MetricsPage::show(const model::Snapshot& snapshot) {
  count_runs(snapshot, runs_);
  EIDOS_TRY(std::string text, metrics_of(snapshot, runs_, recipe_, session_));
  auto shared = std::make_shared<const std::string>(std::move(text));
  const std::lock_guard lock(mutex_);
  text_ = std::move(shared);
  return {};
}

net::ServerAnswer MetricsPage::answer(const net::ServerRequest& request) {
  auto plain = [](int status, std::string text) {
    return net::ServerAnswer{status, "text/plain; charset=utf-8",
                             std::make_shared<const std::string>(std::move(text))};
  };
  if (request.path != kPath) return plain(404, cat("nothing here; see ", kPath, "\n"));
  const std::lock_guard lock(mutex_);
  if (text_ == nullptr) return plain(503, "the first snapshot is being taken\n");
  return {200, std::string(kContentType), text_};
}

}  // namespace eidos::cli
