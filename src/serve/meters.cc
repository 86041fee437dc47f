#include "serve/meters.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"

namespace eidos::serve {

namespace {

std::string number(double value) {
  std::array<char, 400> text{};  // the longest a double can be
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += cat("# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n");
}

void plain(std::string& out, std::string_view name, std::string_view type, std::string_view help,
           double value) {
  head(out, name, type, help);
  out += cat(name, " ", number(value), "\n");
}

// The second number of /proc/self/statm is pages that are resident (proc(5)).
double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  in >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  int count = -3;  // ".", "..", and the one that is read
  while (::readdir(directory) != nullptr) ++count;
  ::closedir(directory);
  return count;
}

double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

// cgroup v2; "max", or no such file, is no limit.
std::optional<double> memory_limit() {
  std::ifstream in("/sys/fs/cgroup/memory.max");
  std::int64_t bytes = 0;
  if (!(in >> bytes)) return std::nullopt;
  return static_cast<double>(bytes);
}

struct BundlerRow {
  std::string_view name;
  std::string_view help;
};
constexpr BundlerRow kBundler[] = {{bundle::kMakeTotal, "Components rendered."},
                                   {bundle::kFilesTotal, "Files written for components."},
                                   {bundle::kBytesTotal, "Bytes written for components."},
                                   {bundle::kFailuresTotal, "Checks of components that failed."}};

}  // namespace

void Meters::Histogram::add(double seconds) {
  ++counts[static_cast<std::size_t>(std::ranges::lower_bound(kBounds, seconds) - kBounds.begin())];
  sum += seconds;
}

void Meters::end(std::string_view method, std::string_view route, int status, std::chrono::nanoseconds took) {
  --in_flight_;
  const std::lock_guard lock(mutex_);
  ++requests_[{std::string(method), std::string(route), status}];
  durations_[{std::string(method), std::string(route)}].add(std::chrono::duration<double>(took).count());
}

void Meters::built_recipe(std::chrono::nanoseconds took) {
  const std::lock_guard lock(mutex_);
  recipes_.add(std::chrono::duration<double>(took).count());
}

void Meters::bundled(const bundle::Figures& figures) {
  const std::lock_guard lock(mutex_);
  for (const bundle::Sample& sample : bundle::samples(figures)) {
    if (sample.metric == bundle::kMakeSeconds)
      bundler_seconds_[sample.component].add(sample.value);
    else
      bundler_[{std::string(sample.metric), sample.component, std::string(sample.result)}] += sample.value;
  }
}

void Meters::write(std::string& out, std::string_view name, const std::string& labels, const Histogram& of) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < of.counts.size(); ++i) {
    count += of.counts[i];
    const std::string bound = i < kBounds.size() ? number(kBounds[i]) : "+Inf";
    out += cat(name, "_bucket{", labels, labels.empty() ? "" : ",", "le=\"", bound, "\"} ", count, "\n");
  }
  const std::string braces = labels.empty() ? "" : cat("{", labels, "}");
  out += cat(name, "_sum", braces, " ", number(of.sum), "\n", name, "_count", braces, " ", count, "\n");
}

std::string Meters::text(const BuildInfo& build, double tokens_left, std::int64_t lost_lines,
                         const SpanCounts& spans) const {
  std::string out;
  const std::lock_guard lock(mutex_);
  head(out, "eidos_http_requests_total", "counter", "Requests that were answered.");
  for (const auto& [key, count] : requests_)
    out += cat("eidos_http_requests_total{method=\"", std::get<0>(key), "\",route=\"", std::get<1>(key),
               "\",status=\"", std::get<2>(key), "\"} ", count, "\n");
  head(out, "eidos_http_request_duration_seconds", "histogram", "From the whole request to its answer.");
  for (const auto& [key, histogram] : durations_)
    write(out, "eidos_http_request_duration_seconds",
          cat("method=\"", key.first, "\",route=\"", key.second, "\""), histogram);
  plain(out, "eidos_http_requests_in_flight", "gauge", "Requests that are worked on.",
        static_cast<double>(in_flight_));
  plain(out, "eidos_http_connections", "gauge", "Connections that are open.",
        static_cast<double>(connections_));
  plain(out, "eidos_rate_limit_rejects_total", "counter", "Requests refused for their rate.",
        static_cast<double>(rejects_));
  plain(out, "eidos_rate_limit_tokens", "gauge", "Requests that may come at once.", tokens_left);
  plain(out, "eidos_access_log_lost_lines_total", "counter", "Log lines that nobody took.",
        static_cast<double>(lost_lines));
  plain(out, "eidos_trace_spans_sent_total", "counter", "Spans that the collector took.",
        static_cast<double>(spans.sent));
  plain(out, "eidos_trace_spans_lost_total", "counter", "Spans that no collector took.",
        static_cast<double>(spans.lost));
  plain(out, "eidos_panic_recoveries_total", "counter", "Handlers that threw.", static_cast<double>(panics_));
  plain(out, "eidos_recipe_cache_hits_total", "counter", "Answers taken from those kept.",
        static_cast<double>(hits_));
  plain(out, "eidos_recipe_cache_misses_total", "counter", "Answers that had to be made.",
        static_cast<double>(misses_));
  head(out, "eidos_recipe_build_duration_seconds", "histogram", "Resolving one recipe.");
  write(out, "eidos_recipe_build_duration_seconds", "", recipes_);
  for (const BundlerRow& row : kBundler) {
    head(out, row.name, "counter", row.help);
    for (const auto& [key, value] : bundler_)
      if (std::get<0>(key) == row.name)
        out += cat(row.name, "{bundler_type=\"", std::get<1>(key), "\"",
                   std::get<2>(key).empty() ? "" : cat(",result=\"", std::get<2>(key), "\""), "} ",
                   number(value), "\n");
  }
  head(out, bundle::kMakeSeconds, "histogram", "All work on one component.");
  for (const auto& [component, histogram] : bundler_seconds_)
    write(out, bundle::kMakeSeconds, cat("bundler_type=\"", component, "\""), histogram);
  head(out, "eidos_build_info", "gauge", "What runs.");
  out += cat("eidos_build_info{version=\"", build.version, "\",commit=\"", build.commit, "\"} 1\n");
  plain(out, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
  plain(out, "process_open_fds", "gauge", "Descriptors that are open.", open_descriptors());
  plain(out, "process_cpu_seconds_total", "counter", "Processor time used.", processor_seconds());
  if (const auto limit = memory_limit())
    plain(out, "eidos_memory_limit_bytes", "gauge", "Memory that the cgroup allows.", *limit);
  return out;
}

}  // namespace eidos::serve
