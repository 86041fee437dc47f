#include "serve/program.h"

#include <atomic>
#include <cstdlib>
#include <thread>

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/table.h"
#include "base/text.h"
#include "catalog/criteria_values.h"
#include "catalog/embedded.h"
#include "serve/access_log.h"
#include "serve/certificates.h"
#include "serve/service.h"
#include "serve/settings.h"
#include "serve/tokens.h"
#include "serve/trace.h"
#include "trace/traceparent.h"

namespace eidos::serve {

namespace {

void say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(STDERR_FILENO, text.data(), text.size());
    if (wrote <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

int report(const Error& error) {
  auto line = [](const Error& one) {
    say(cat("eidosd: error: ", one.where.empty() ? "" : cat(harmless(one.where), ": "), harmless(one.message),
            "\n"));
    if (!one.hint.empty()) say(cat("hint: ", harmless(one.hint), "\n"));
  };
  line(error);
  for (const Error& other : error.others) line(other);
  return exit_code(error.kind);
}

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

Result<std::shared_ptr<const catalog::Catalog>> load(const Settings& settings, Files& files, Log& log) {
  catalog::LoadOptions options;
  options.embedded = catalog::embedded_catalog();
  options.catalog_dir = settings.catalog;
  options.data_dirs = settings.data;
  EIDOS_TRY(catalog::Loaded loaded, catalog::load(files, options));
  for (const std::string& warning : loaded.warnings) log.warn(warning);
  return std::make_shared<const catalog::Catalog>(std::move(loaded.catalog));
}

Result<ServiceOptions> options_of(const Settings& settings, const catalog::Catalog& catalog) {
  ServiceOptions out;
  out.build = build_info();
  out.rate = settings.rate;
  out.certified = !settings.client_ca.empty();
  out.trust_forwarded = settings.trust_forwarded;
  out.max_body_bytes = settings.listen.max_body_bytes;
  out.handler = settings.handler;
  for (const auto& [dimension, list] : settings.allowed) {
    std::vector<std::string>& values = out.allowed[dimension];
    for (std::string_view one : split(list, ',')) {
      auto value = catalog::normalize_value(catalog.registry(), dimension, trim(one));
      if (!value)
        return std::unexpected(std::move(value).error().within(cat("allowed values of ", dimension)));
      if (!value->empty()) values.push_back(*std::move(value));
    }
    if (values.empty()) out.allowed.erase(dimension);  // "any" allows everything
  }
  return out;
}

// The signals that end it, on a thread of its own: they are blocked everywhere else.
class EndSignals {
 public:
  explicit EndSignals(Listener& listener) : listener_(listener), thread_([this] { wait(); }) {}
  ~EndSignals() {
    done_ = true;
    ::pthread_kill(thread_.native_handle(), SIGTERM);
  }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  static sigset_t set() {
    sigset_t out;
    sigemptyset(&out);
    sigaddset(&out, SIGINT);
    sigaddset(&out, SIGTERM);
    return out;
  }

 private:
  void wait() {
    const sigset_t signals = set();
    for (int signal = 0; !done_; listener_.stop()) {
      sigwait(&signals, &signal);
      if (done_) return;
    }
  }

  Listener& listener_;
  std::atomic<bool> done_ = false;
  std::jthread thread_;
};

// A connection is a descriptor, and many systems allow 1,024 until more are asked for.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // what was allowed stays allowed when this fails
}

LogOptions log_options(const Settings& settings) {
  return {settings.log_json ? LogMode::Json : LogMode::Text,
          settings.debug ? LogLevel::Debug : LogLevel::Info, false};
}

// What becomes of one request: its place in the trace of who asks, or in a new one.
struct RequestTrace {
  TracePlace place = {};
  std::string id = {};  ///< For the log; empty: there is none.
};

RequestTrace trace_of(std::string_view traceparent, SpanSink* sink, double part) {
  const auto parent = trace::parse_traceparent(traceparent);
  RequestTrace out;
  if (parent) out.id = hex_of(parent->trace);
  if (sink == nullptr || (parent && !parent->sampled)) return out;
  const TraceId id = parent ? parent->trace : new_trace_id();
  if (!parent && !trace::is_chosen(id, part)) return out;
  return {{sink, id, parent ? parent->span : SpanId{}}, hex_of(id)};
}

class Server {
 public:
  Server(Service& service, const Settings& settings, Log& access, SpanSink* spans)
      : service_(service), settings_(settings), access_(access), spans_(spans) {}

  Application application() {
    return {.answer = [this](const Request& request) { return answer(request); },
            .refuse =
                [this](const Request& request, const Refusal& refusal) {
                  const std::string id = request_id(request.header("x-request-id"));
                  Answer out = service_.refuse(request, refusal, id);
                  out.headers.emplace_back("X-Request-Id", id);
                  access_.info(
                      "refused",
                      {{"request", id}, {"status", cat(out.status)}, {"code", std::string(refusal.code)}});
                  return out;
                },
            .drain =
                [this] {
                  service_.drain();
                  access_.info("ending", {});
                },
            .connections = [this](std::int64_t count) { service_.meters().connections() = count; }};
  }

 private:
  Answer answer(const Request& request) {
    const SteadyTime began = service_.clock().steady();
    std::string id = request_id(request.header("x-request-id"));
    const RequestTrace trace = trace_of(request.header("traceparent"), spans_, settings_.trace_sample);
    Answer out = traced(request, id, trace.place);
    if (settings_.access_log) {
      const auto took =
          std::chrono::duration_cast<std::chrono::microseconds>(service_.clock().steady() - began);
      access_.info("request", {{"request", id},
                               {"trace", trace.id},
                               {"user", out.user},
                               {"method", request.method.substr(0, 16)},
                               {"route", std::string(out.route)},
                               {"status", cat(out.status)},
                               {"bytes", cat(out.body ? out.body->size() : 0)},
                               {"took", cat(took.count(), "us")}});
    }
    out.headers.emplace_back("X-Request-Id", std::move(id));
    return out;
  }

  // As OpenTelemetry's conventions for HTTP servers name things.
  Answer traced(const Request& request, const std::string& id, const TracePlace& place) {
    if (place.sink == nullptr) return service_.answer(request, id);
    Span span(place, service_.clock(), "", SpanKind::Server);
    Answer out = service_.answer(request, id, span.place());
    const std::string method = request.method.substr(0, 16);
    span.name(cat(method, " ", out.route));
    span.set("http.request.method", method);
    span.set("http.route", std::string(out.route));
    span.set("http.response.status_code", std::int64_t{out.status});
    span.set("eidos.request_id", id);
    constexpr int kOurFault = 500;
    if (out.status >= kOurFault) span.fail();
    return out;
  }

  Service& service_;
  const Settings& settings_;
  Log& access_;
  SpanSink* spans_;
};

Result<int> serve(Settings settings, Files& files, const Clock& clock) {
  const std::unique_ptr<Log> log = stderr_log(log_options(settings), clock);
  EIDOS_TRY(const auto catalog, load(settings, files, *log));
  EIDOS_TRY(ServiceOptions options, options_of(settings, *catalog));
  AccessLog lines(log_options(settings), clock);
  options.lost_lines = [&lines] { return lines.lost(); };
  std::unique_ptr<TokenFile> tokens;
  if (!settings.token_file.empty()) {
    EIDOS_TRY(tokens, TokenFile::open(settings.token_file, files, clock, lines));
    options.tokens = [&tokens] { return tokens->tokens(); };
  }
  std::unique_ptr<SpanQueue> spans;
  if (settings.trace_endpoint) {
    EIDOS_TRY(auto delivery,
              trace::open_delivery(files, {.endpoint = *settings.trace_endpoint,
                                           .resource = {"eidosd", std::string(build_info().version)}}));
    spans = std::make_unique<SpanQueue>(std::move(delivery), lines);
    options.spans = [&spans] { return spans->counts(); };
  }
  Service service(catalog, std::move(options), clock);
  std::unique_ptr<CertificateFiles> certificates;
  if (!settings.tls_cert.empty()) {
    EIDOS_TRY(certificates, CertificateFiles::open({settings.tls_cert, settings.tls_key, settings.client_ca},
                                                   files, clock, lines));
    settings.listen.secure = [&certificates] { return certificates->context(); };
  }
  Server server(service, settings, lines, spans.get());
  EIDOS_TRY(const std::unique_ptr<Listener> listener, listen(settings.listen, server.application()));
  const bool v6 = settings.listen.host.find(':') != std::string::npos;
  const std::string where =
      cat("listening on ", settings.tls_cert.empty() ? "http" : "https", "://", v6 ? "[" : "",
          settings.listen.host, v6 ? "]" : "", ":", listener->port(), "/");
  if (log_options(settings).mode == LogMode::Json)
    log->info(where);
  else
    say(cat("eidosd: ", where, "\n"));
  const EndSignals signals(*listener);
  listener->run();
  return 0;
}

// A bundle takes a few megabytes and gives them back. By default each thread hands them to the kernel every
// time and has them cleared anew for the next one, which was a third of the work (mallopt(3)).
void keep_memory() {
  constexpr int kMiB = 1024 * 1024;
  ::mallopt(M_TRIM_THRESHOLD, 8 * kMiB);
  ::mallopt(M_MMAP_THRESHOLD, 4 * kMiB);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  const std::unique_ptr<Files> files = real_files();
  const std::unique_ptr<Clock> clock = real_clock();
  auto settings = read_settings(arguments, environment, *files);
  if (!settings) return report(settings.error());
  if (settings->help || settings->version) {
    const BuildInfo build = build_info();
    const std::string text = settings->help
                                 ? settings_help()
                                 : cat("eidosd ", build.version, " (", build.commit, ", ", build.date, ")\n");
    auto written = files->write_stdout(text);
    return written ? 0 : report(written.error());
  }
  keep_memory();
  ::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const sigset_t ending = EndSignals::set();
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  auto ended = serve(*std::move(settings), *files, *clock);
  return ended ? *ended : report(ended.error());
}

}  // namespace eidos::serve
