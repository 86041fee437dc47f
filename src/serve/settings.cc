#include "serve/settings.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "cli/duration.h"
#include "data/document.h"
#include "trace/otlp.h"

namespace eidos::serve {

namespace {

constexpr std::int64_t kMostNumber = std::int64_t{1} << 40;

using Set = Result<void> (*)(Settings&, const std::string&);

struct Row {
  std::string_view name;
  std::string_view value;  ///< What help calls it; empty: a switch.
  std::string_view help;
  Set set;
  bool repeats = false;
};

Result<std::int64_t> count_of(const std::string& text) {
  const auto number = to_int(text);
  if (!number || *number < 0 || *number > kMostNumber || text.starts_with('+'))
    return fail(ErrorKind::Invalid, cat(quote(text), " is no whole number"));
  return *number;
}

template <auto Member>
Result<void> set_count(Settings& out, const std::string& text) {
  EIDOS_TRY(out.rate.*Member, count_of(text));
  return {};
}

template <auto Member>
Result<void> set_text(Settings& out, const std::string& text) {
  if (text.empty()) return fail(ErrorKind::Invalid, "is empty");
  out.*Member = text;
  return {};
}

template <auto Member>
Result<void> set_switch(Settings& out, const std::string& text) {
  if (text != "true" && text != "false")
    return fail(ErrorKind::Invalid, cat(quote(text), " is neither true nor false"));
  out.*Member = text == "true";
  return {};
}

template <auto Member>
Result<void> set_time(Settings& out, const std::string& text) {
  EIDOS_TRY(out.listen.*Member, cli::parse_duration(text));
  return {};
}

Result<void> set_handler(Settings& out, const std::string& text) {
  EIDOS_TRY(out.handler, cli::parse_duration(text));
  return {};
}

// "127.0.0.1:8080", ":8080" on every address, "[::1]:8080".
Result<void> set_listen(Settings& out, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::string_view host =
      colon == std::string::npos ? std::string_view() : std::string_view(text).substr(0, colon);
  const auto port =
      colon == std::string::npos ? std::nullopt : to_int(std::string_view(text).substr(colon + 1));
  if (!port || *port < 0 || *port > 65535)
    return fail(ErrorKind::Invalid, cat(quote(text), " is no address and port"), {},
                "for example 127.0.0.1:8080");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.listen.host = host.empty() ? "0.0.0.0" : std::string(host);
  out.listen.port = static_cast<std::uint16_t>(*port);
  return {};
}

struct Unit {
  std::string_view name;
  std::int64_t bytes;
};
constexpr Unit kUnits[] = {{"KiB", 1024}, {"MiB", 1024 * 1024}, {"", 1}};

Result<void> set_max_body(Settings& out, const std::string& text) {
  constexpr std::int64_t kMost = 64 * 1024 * 1024;
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.name)) continue;
    auto number = count_of(text.substr(0, text.size() - unit.name.size()));
    if (!number || *number == 0 || *number > kMost / unit.bytes) break;
    out.listen.max_body_bytes = *number * unit.bytes;
    return {};
  }
  return fail(ErrorKind::Invalid, cat(quote(text), " is no size up to 64MiB"), {}, "for example 8MiB");
}

Result<void> set_trace_endpoint(Settings& out, const std::string& text) {
  EIDOS_TRY(out.trace_endpoint, trace::otlp_endpoint(text));
  return {};
}

Result<void> set_trace_sample(Settings& out, const std::string& text) {
  double part = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
  if (error != std::errc() || end != text.data() + text.size() || !(part >= 0 && part <= 1))
    return fail(ErrorKind::Invalid, cat(quote(text), " is no part of all requests"), {},
                "0 is none, 0.1 every tenth, 1 all");
  out.trace_sample = part;
  return {};
}

Result<void> set_connections(Settings& out, const std::string& text) {
  EIDOS_TRY(out.listen.max_connections, count_of(text));
  if (out.listen.max_connections > 0) return {};
  return fail(ErrorKind::Invalid, "at least one connection is needed");
}

Result<void> add_data(Settings& out, const std::string& text) {
  out.data.push_back(text);
  return {};
}

template <std::size_t Index>
Result<void> set_allowed(Settings& out, const std::string& text) {
  constexpr std::string_view kDimensions[] = {"service", "accelerator", "intent", "os", "platform"};
  out.allowed[std::string(kDimensions[Index])] = text;
  return {};
}

using L = ListenOptions;
using S = Settings;
constexpr Row kRows[] = {
    {"listen", "ADDRESS:PORT", "where to listen (127.0.0.1:8080); :8080 is every address", set_listen},
    {"catalog", "DIR", "use this catalog instead of the one inside", set_text<&S::catalog>},
    {"data", "DIR", "lay a directory over it; repeats", add_data, true},
    {"rate", "N", "requests a second in all (100); 0 is no limit", set_count<&RateOptions::rate>},
    {"burst", "N", "of them at once (200)", set_count<&RateOptions::burst>},
    {"client-rate", "N", "requests a second of one client (50); 0 is no limit",
     set_count<&RateOptions::client_rate>},
    {"max-body", "SIZE", "of a request (8MiB)", set_max_body},
    {"max-connections", "N", "at once (10000); more close the oldest idle one", set_connections},
    {"token-file", "FILE",
     "a token a line, or NAME=TOKEN: who has none is refused; read again when it changes",
     set_text<&S::token_file>},
    {"tls-cert", "FILE", "certificate and chain, as PEM; read again when it or the next two change",
     set_text<&S::tls_cert>},
    {"tls-key", "FILE", "its key", set_text<&S::tls_key>},
    {"client-ca", "FILE", "clients need a certificate of these authorities", set_text<&S::client_ca>},
    {"allowed-services", "A,B", "what may be asked for; all when not given", set_allowed<0>},
    {"allowed-accelerators", "A,B", "the same", set_allowed<1>},
    {"allowed-intents", "A,B", "the same", set_allowed<2>},
    {"allowed-os", "A,B", "the same", set_allowed<3>},
    {"allowed-platforms", "A,B", "the same", set_allowed<4>},
    {"trust-forwarded", "", "the last address of X-Forwarded-For is the client",
     set_switch<&S::trust_forwarded>},
    {"header-timeout", "TIME", "for a request's header to come (5s)", set_time<&L::header_time>},
    {"body-timeout", "TIME", "for its body (10s)", set_time<&L::body_time>},
    {"write-timeout", "TIME", "for an answer to be taken (30s)", set_time<&L::write_time>},
    {"idle-timeout", "TIME", "for the next request (2m)", set_time<&L::idle_time>},
    {"handler-timeout", "TIME", "for an answer to be made (30s)", set_handler},
    {"drain-delay", "TIME", "not ready, but listening, before it ends (0s)", set_time<&L::drain_delay>},
    {"drain-timeout", "TIME", "for requests that are worked on then (30s)", set_time<&L::drain_time>},
    {"log-json", "", "log lines are JSON", set_switch<&S::log_json>},
    {"access-log", "", "a line a request (true)", set_switch<&S::access_log>},
    {"trace-endpoint", "HOST:PORT|URL", "send traces there, by OTLP over HTTP (port 4318)",
     set_trace_endpoint},
    {"trace-sample", "PART", "of the requests whose sender does not decide (0.1)", set_trace_sample},
    {"debug", "", "say more", set_switch<&S::debug>},
};

const Row* row_of(std::string_view name) {
  for (const Row& row : kRows)
    if (row.name == name) return &row;
  return nullptr;
}

std::string variable_of(std::string_view name) {
  std::string out = "EIDOSD_";
  for (char c : name) out += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::unexpected<Error> unknown(std::string_view shown, std::string_view name) {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.name);
  return fail(ErrorKind::Usage, cat("unknown flag ", quote(shown), did_you_mean(name, names)), {},
              "see 'eidosd --help'");
}

Result<void> apply(Settings& out, const Row& row, std::string_view shown, const std::string& value) {
  auto done = row.set(out, value);
  if (done) return {};
  return std::unexpected(std::move(done).error().within(shown));
}

// Where container platforms and the older service look.
Result<void> read_environment(Settings& out, const Lookup& environment) {
  if (const auto port = environment("PORT"); port && !port->empty()) {
    auto set = set_listen(out, cat("0.0.0.0:", *port));
    if (!set) return std::unexpected(std::move(set).error().within("PORT"));
  }
  if (const auto level = environment("LOG_LEVEL")) out.debug = lower(*level) == "debug";
  constexpr std::string_view kDimensions[] = {"services", "accelerators", "intents", "os", "platforms"};
  for (std::string_view dimension : kDimensions) {
    const Row* row = row_of(cat("allowed-", dimension));
    for (std::string_view prefix : {"AICR_ALLOWED_", "EIDOS_ALLOWED_"}) {
      std::string name(prefix);
      for (char c : dimension) name += static_cast<char>(c - 'a' + 'A');
      if (const auto value = environment(name)) EIDOS_CHECK(apply(out, *row, name, *value));
    }
  }
  for (const Row& row : kRows) {
    const std::string name = variable_of(row.name);
    const auto value = environment(name);
    if (!value) continue;
    if (!row.repeats) {
      EIDOS_CHECK(apply(out, row, name, *value));
      continue;
    }
    for (std::string_view one : split(*value, ','))
      EIDOS_CHECK(apply(out, row, name, std::string(trim(one))));
  }
  return {};
}

// Keys are the flags' names.
Result<void> read_file(Settings& out, const std::string& path, Files& files) {
  EIDOS_TRY(const std::string text, files.read(path, {}));
  data::Sources sources;
  EIDOS_TRY(const data::Value root, data::parse(text, sources, path));
  if (root.is_null()) return {};
  if (!root.is_map()) return fail(ErrorKind::Invalid, "expected a map of flags", path);
  for (const auto& entry : root.map()) {
    const Row* row = row_of(entry.key);
    if (row == nullptr) {
      auto error = unknown(entry.key, entry.key);
      return std::unexpected(std::move(error).error().at(sources.place(entry.mark)));
    }
    std::vector<const data::Value*> values = {&entry.value};
    if (entry.value.is_list() && row->repeats) {
      values.clear();
      for (const data::Value& value : entry.value.list()) values.push_back(&value);
    }
    for (const data::Value* value : values) {
      if (!value->is_scalar() || value->is_null())
        return fail(ErrorKind::Invalid, cat(row->name, ": expected one value"), sources.place(value->mark()));
      auto done = apply(out, *row, row->name, value->scalar_text());
      if (!done) return std::unexpected(std::move(done).error().at(sources.place(value->mark())));
    }
  }
  return {};
}

struct Given {
  const Row* row;
  std::string shown;
  std::string value;
};

struct CommandLine {
  std::vector<Given> given;
  std::string config;
  bool help = false;
  bool version = false;
};

Result<CommandLine> read_arguments(std::span<const std::string> arguments) {
  CommandLine out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--help" || argument == "-h") out.help = true;
    if (argument == "--version") out.version = true;
    if (argument == "--help" || argument == "-h" || argument == "--version") continue;
    if (!argument.starts_with("--"))
      return fail(ErrorKind::Usage, cat("unexpected argument ", quote(argument)), {}, "see 'eidosd --help'");
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    const Row* row = row_of(name);
    if (row == nullptr && name != "config") return unknown(argument.substr(0, equals), name);
    std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (equals == std::string::npos && row != nullptr && row->value.empty())
      value = "true";
    else if (equals == std::string::npos) {
      if (i + 1 == arguments.size()) return fail(ErrorKind::Usage, cat("--", name, " needs a value"));
      value = arguments[++i];
    }
    if (row == nullptr)
      out.config = value;
    else
      out.given.push_back({row, cat("--", name), std::move(value)});
  }
  return out;
}

}  // namespace

Result<Settings> read_settings(std::span<const std::string> arguments, const Lookup& environment,
                               Files& files) {
  EIDOS_TRY(const CommandLine line, read_arguments(arguments));
  Settings out;
  out.help = line.help;
  out.version = line.version;
  if (out.help || out.version) return out;
  const std::string config = line.config.empty() ? environment("EIDOSD_CONFIG").value_or("") : line.config;
  if (!config.empty()) EIDOS_CHECK(read_file(out, config, files));
  EIDOS_CHECK(read_environment(out, environment));
  if (std::ranges::any_of(line.given, [](const Given& one) { return one.row->repeats; })) out.data.clear();
  for (const Given& one : line.given) EIDOS_CHECK(apply(out, *one.row, one.shown, one.value));
  if (out.tls_cert.empty() != out.tls_key.empty())
    return fail(ErrorKind::Usage, "--tls-cert and --tls-key belong together");
  if (!out.client_ca.empty() && out.tls_cert.empty())
    return fail(ErrorKind::Usage, "--client-ca means nothing without --tls-cert");
  return out;
}

std::string settings_help() {
  std::string out =
      "eidosd: recipes and bundles for GPU Kubernetes clusters, over HTTP\n\n"
      "usage: eidosd [flags]\n\n";
  auto line = [&](std::string_view name, std::string_view value, std::string_view help) {
    const std::string left = cat("      --", name, value.empty() ? "" : " ", value);
    out += cat(left, std::string(std::max<std::size_t>(1, 36 - std::min<std::size_t>(left.size(), 36)), ' '),
               help, "\n");
  };
  for (const Row& row : kRows) line(row.name, row.value, row.help);
  line("config", "FILE", "a YAML map of these flags");
  line("version", "", "print it");
  return out +
         "\nEach is also a variable (EIDOSD_LISTEN) and a key of the configuration file. PORT and LOG_LEVEL "
         "count, too.\n";
}

}  // namespace eidos::serve
