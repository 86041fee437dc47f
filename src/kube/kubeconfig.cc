#include "kube/kubeconfig.h"

#include <algorithm>
#include <functional>

#include "base/base64.h"
#include "base/text.h"
#include "data/document.h"
#include "net/url.h"

namespace eidos::kube {

namespace {

constexpr std::int64_t kMostBytes = 4 * 1024 * 1024;
constexpr std::string_view kNext =
    "set one with 'kubectl config use-context NAME', or give --kube-context NAME";
constexpr const char* kAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

// ---- reading one entry -----------------------------------------------------------------------

// A map of a kubeconfig, with the file it stands in.
struct Entry {
  const data::Value* value = nullptr;
  const data::Sources* sources = nullptr;
  std::string directory = {};

  std::string place() const { return sources->place(value->mark()); }
  std::unexpected<Error> wrong(std::string message, std::string hint = {}) const {
    return fail(ErrorKind::Invalid, std::move(message), place(), std::move(hint));
  }
  std::string beside(const std::string& path) const {
    return path.empty() || path.starts_with('/') || directory.empty() ? path : cat(directory, "/", path);
  }
};

Result<std::string> text(const Entry& entry, std::string_view key) {
  const data::Value* value = entry.value->find(key);
  if (value == nullptr || value->is_null()) return std::string();
  if (value->is_string()) return value->string();
  return fail(ErrorKind::Invalid, cat(key, " must be a string, not ", describe(value->type())),
              entry.sources->place(value->mark()));
}

Result<bool> flag(const Entry& entry, std::string_view key) {
  const data::Value* value = entry.value->find(key);
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return value->boolean();
  return fail(ErrorKind::Invalid, cat(key, " must be true or false"), entry.sources->place(value->mark()));
}

Result<std::vector<std::string>> texts(const data::Value* list, const Entry& entry, std::string_view key) {
  std::vector<std::string> out;
  if (list == nullptr || list->is_null()) return out;
  if (!list->is_list()) return entry.wrong(cat(key, " must be a list"));
  for (const data::Value& item : list->list()) {
    if (!item.is_string())
      return fail(ErrorKind::Invalid, cat(key, " must hold strings"), entry.sources->place(item.mark()));
    out.push_back(item.string());
  }
  return out;
}

// What stands under KEY-data (base64), else the content of the file under KEY.
Result<std::string> text_or_file(Files& files, const Entry& entry, const std::string& key) {
  EIDOS_TRY(std::string encoded, text(entry, key + "-data"));
  if (!encoded.empty()) {
    if (auto decoded = from_base64(encoded)) return *std::move(decoded);
    return entry.wrong(cat(key, "-data is not base64"));
  }
  EIDOS_TRY(std::string path, text(entry, key));
  if (path.empty()) return std::string();
  auto bytes = files.read(entry.beside(path), {.max_bytes = kMostBytes});
  if (bytes) return bytes;
  return std::unexpected(std::move(bytes).error().within(key).at(entry.place()));
}

std::string listed(const std::vector<std::string_view>& names) {
  constexpr std::size_t kMost = 10;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i) out.push_back(show(names[i]));
  if (names.size() > kMost) out.push_back(cat("and ", names.size() - kMost, " more"));
  return join(out, ", ");
}

// ---- several files as one --------------------------------------------------------------------

class Merged {
 public:
  /// The first to say something wins.
  Result<void> add(const std::string& path, const std::string& bytes) {
    Part& part = parts_.emplace_back();
    std::size_t slash = path.rfind('/');
    part.directory = slash == std::string::npos ? "" : path.substr(0, slash);
    EIDOS_TRY(part.root, data::parse(bytes, part.sources, path));
    if (part.root.is_null()) return {};  // an empty file says nothing
    if (!part.root.is_map())
      return fail(ErrorKind::Invalid, cat("a kubeconfig is a map, not ", describe(part.root.type())), path);
    const data::Value* kind = part.root.find("kind");
    if (kind != nullptr && !kind->is_null() && !(kind->is_string() && kind->string() == "Config"))
      return fail(ErrorKind::Invalid, "this is no kubeconfig: its kind is not Config",
                  part.sources.place(kind->mark()));
    const Entry root{&part.root, &part.sources, part.directory};
    EIDOS_TRY(std::string current, text(root, "current-context"));
    if (current_.empty()) current_ = current;
    for (std::string_view list : {"clusters", "contexts", "users"}) EIDOS_CHECK(check_names(root, list));
    return {};
  }

  const std::string& current() const { return current_; }

  /// The entry `name` of a list, its inner map under `inner`.
  Result<Entry> find(std::string_view list, std::string_view inner, const std::string& name) const {
    for (const Part& part : parts_) {
      const data::Value* items = part.root.find(list);
      if (items == nullptr || !items->is_list()) continue;
      for (const data::Value& item : items->list()) {
        if (name_of(item) != name) continue;
        const data::Value* value = item.find(inner);
        const Entry outer{&item, &part.sources, part.directory};
        if (value == nullptr || value->is_null()) value = &nothing();
        if (!value->is_map()) return outer.wrong(cat(inner, " must be a map"));
        return Entry{value, &part.sources, part.directory};
      }
    }
    std::vector<std::string_view> known = names(list);
    std::string there = listed(known);
    return fail(ErrorKind::Invalid, cat("there is no ", inner, " ", quote(name), did_you_mean(name, known)),
                {}, known.empty() ? std::string() : cat("there are: ", there));
  }

  std::vector<std::string_view> names(std::string_view list) const {
    std::vector<std::string_view> out;
    for (const Part& part : parts_)
      if (const data::Value* items = part.root.find(list); items != nullptr && items->is_list())
        for (const data::Value& item : items->list())
          if (std::string_view name = name_of(item);
              !name.empty() && std::ranges::find(out, name) == out.end())
            out.push_back(name);
    return out;
  }

  std::string file() const {
    return parts_.empty() ? std::string() : std::string(parts_.front().sources.name(1));
  }

 private:
  struct Part {
    data::Sources sources;
    data::Value root;
    std::string directory;
  };

  static const data::Value& nothing() {
    static const data::Value kEmpty{data::Map()};
    return kEmpty;
  }

  static std::string_view name_of(const data::Value& item) {
    const data::Value* name = item.find("name");
    return name != nullptr && name->is_string() ? std::string_view(name->string()) : std::string_view();
  }

  static Result<void> check_names(const Entry& root, std::string_view list) {
    const data::Value* items = root.value->find(list);
    if (items == nullptr || items->is_null()) return {};
    if (!items->is_list())
      return fail(ErrorKind::Invalid, cat(list, " must be a list"), root.sources->place(items->mark()));
    std::vector<std::string_view> seen;
    for (const data::Value& item : items->list()) {
      std::string place = root.sources->place(item.mark());
      if (!item.is_map() || name_of(item).empty())
        return fail(ErrorKind::Invalid, cat("an entry of ", list, " must have a name"), place);
      if (std::ranges::find(seen, name_of(item)) != seen.end())
        return fail(ErrorKind::Invalid, cat(list, " has two entries called ", quote(name_of(item))), place);
      seen.push_back(name_of(item));
    }
    return {};
  }

  std::vector<Part> parts_;
  std::string current_;
};

// ---- cluster and user ------------------------------------------------------------------------

// The server may be anywhere by https; a password or token by plain http would be for everybody to read.
Result<void> check_server(const Config& config, const Entry& entry) {
  if (config.server.empty()) return entry.wrong(cat("cluster ", quote(config.cluster), " has no server"));
  auto url = net::parse_url(config.server);
  if (!url) return std::unexpected(std::move(url).error().within("server").at(entry.place()));
  if (url->secure || is_loopback(url->host)) return {};
  return entry.wrong(cat("server ", quote(net::shown(*url)), " is plain http and not this machine"),
                     "use https; plain http is for 'kubectl proxy' on this machine only");
}

Result<void> read_cluster(Files& files, const Entry& entry, Config& config) {
  EIDOS_TRY(config.server, text(entry, "server"));
  EIDOS_TRY(config.server_name, text(entry, "tls-server-name"));
  EIDOS_TRY(config.insecure, flag(entry, "insecure-skip-tls-verify"));
  EIDOS_TRY(config.authorities, text_or_file(files, entry, "certificate-authority"));
  EIDOS_TRY(config.proxy, text(entry, "proxy-url"));
  EIDOS_CHECK(check_server(config, entry));
  if (config.insecure && !config.authorities.empty())
    return entry.wrong("certificate-authority and insecure-skip-tls-verify exclude each other",
                       "leave insecure-skip-tls-verify out: the authority is there");
  if (config.proxy.empty()) return {};
  auto proxy = net::parse_url(config.proxy);
  if (proxy) return {};
  return std::unexpected(std::move(proxy)
                             .error()
                             .within("proxy-url")
                             .at(entry.place())
                             .fix("proxies are reached by http:// or https://"));
}

Result<ExecPlugin> read_plugin(const Entry& entry) {
  ExecPlugin plugin;
  EIDOS_TRY(plugin.api_version, text(entry, "apiVersion"));
  EIDOS_TRY(std::string command, text(entry, "command"));
  EIDOS_TRY(plugin.install_hint, text(entry, "installHint"));
  EIDOS_TRY(plugin.wants_cluster, flag(entry, "provideClusterInfo"));
  EIDOS_TRY(std::string mode, text(entry, "interactiveMode"));
  EIDOS_TRY(plugin.arguments, texts(entry.value->find("args"), entry, "args"));
  if (command.empty()) return entry.wrong("exec has no command");
  plugin.command = command.find('/') == std::string::npos ? command : entry.beside(command);
  constexpr std::string_view kVersions[] = {"client.authentication.k8s.io/v1",
                                            "client.authentication.k8s.io/v1beta1"};
  if (std::ranges::find(kVersions, plugin.api_version) == std::end(kVersions))
    return entry.wrong(
        cat("exec apiVersion ", quote(plugin.api_version), " is none of ", join(kVersions, ", ")));
  if (mode == "Always")
    return entry.wrong(
        cat("the credential plugin ", quote(command), " wants a terminal (interactiveMode: Always)"),
        "use a plugin, or a way to log in, that needs nobody at the keyboard");
  const data::Value* environment = entry.value->find("env");
  if (environment == nullptr || environment->is_null()) return plugin;
  if (!environment->is_list()) return entry.wrong("env must be a list");
  for (const data::Value& pair : environment->list()) {
    const Entry one{&pair, entry.sources, entry.directory};
    EIDOS_TRY(std::string name, text(one, "name"));
    EIDOS_TRY(std::string value, text(one, "value"));
    if (name.empty() || name.find('=') != std::string::npos) return one.wrong("env wants a name and a value");
    plugin.environment.emplace_back(std::move(name), std::move(value));
  }
  return plugin;
}

Result<void> read_impersonation(const Entry& entry, Impersonation& as) {
  EIDOS_TRY(as.user, text(entry, "as"));
  EIDOS_TRY(as.uid, text(entry, "as-uid"));
  EIDOS_TRY(as.groups, texts(entry.value->find("as-groups"), entry, "as-groups"));
  if (const data::Value* extra = entry.value->find("as-user-extra"); extra != nullptr && extra->is_map())
    for (const auto& [key, mark, values] : extra->map()) {
      EIDOS_TRY(auto all, texts(&values, entry, "as-user-extra"));
      for (std::string& value : all) as.extra.emplace_back(key, std::move(value));
    }
  if (as.user.empty() && !(as.uid.empty() && as.groups.empty() && as.extra.empty()))
    return entry.wrong("as-uid, as-groups and as-user-extra want an as");
  return {};
}

Result<void> read_user(Files& files, const Entry& entry, Config& config) {
  EIDOS_TRY(config.certificate, text_or_file(files, entry, "client-certificate"));
  EIDOS_TRY(config.key, text_or_file(files, entry, "client-key"));
  if (config.certificate.empty() != config.key.empty())
    return entry.wrong(cat("client-", config.key.empty() ? "certificate" : "key", " is there, but no client-",
                           config.key.empty() ? "key" : "certificate"));
  EIDOS_TRY(config.token, text(entry, "token"));
  EIDOS_TRY(std::string token_file, text(entry, "tokenFile"));
  config.token_file = entry.beside(token_file);
  EIDOS_TRY(std::string name, text(entry, "username"));
  EIDOS_TRY(std::string password, text(entry, "password"));
  if (!name.empty()) config.basic = cat(name, ":", password);
  EIDOS_CHECK(read_impersonation(entry, config.as));
  if (const data::Value* exec = entry.value->find("exec"); exec != nullptr && !exec->is_null()) {
    const Entry plugin{exec, entry.sources, entry.directory};
    if (!exec->is_map()) return plugin.wrong("exec must be a map");
    EIDOS_TRY(config.exec, read_plugin(plugin));
  }
  if (const data::Value* legacy = entry.value->find("auth-provider"); legacy != nullptr && !legacy->is_null())
    return entry.wrong("auth-provider entries are not understood: Kubernetes 1.26 removed them",
                       "write the kubeconfig anew with your provider's tool; it will use an exec plugin");
  return {};
}

Result<Config> select(Files& files, const Merged& merged, const Selection& chosen) {
  Config config;
  config.where = merged.file();
  config.context = chosen.context.empty() ? merged.current() : chosen.context;
  if (config.context.empty()) {
    auto known = merged.names("contexts");
    return fail(ErrorKind::Invalid, "the kubeconfig has no current-context", config.where,
                known.empty() ? "it has no context at all; write it anew with your provider's tool"
                              : cat(kNext, " (there are: ", listed(known), ")"));
  }
  EIDOS_TRY(Entry context, merged.find("contexts", "context", config.context));
  EIDOS_TRY(config.cluster, text(context, "cluster"));
  EIDOS_TRY(config.user, text(context, "user"));
  EIDOS_TRY(config.ns, text(context, "namespace"));
  if (config.cluster.empty())
    return context.wrong(cat("context ", quote(config.context), " names no cluster"));
  EIDOS_TRY(Entry cluster, merged.find("clusters", "cluster", config.cluster));
  EIDOS_CHECK(read_cluster(files, cluster, config));
  if (config.user.empty()) return config;
  EIDOS_TRY(Entry user, merged.find("users", "user", config.user));
  EIDOS_CHECK(read_user(files, user, config));
  return config;
}

// ---- where to look ---------------------------------------------------------------------------

// One file that has to be there.
Result<Config> from_file(Files& files, const std::string& path, const Selection& chosen) {
  EIDOS_TRY(std::string bytes, files.read(path, {.max_bytes = kMostBytes}));
  Merged merged;
  EIDOS_CHECK(merged.add(path, bytes));
  auto config = select(files, merged, chosen);
  if (config) return config;
  return std::unexpected(std::move(config).error().at(path));
}

Result<Config> from_list(Files& files, const std::string& list, const Selection& chosen) {
  Merged merged;
  bool any = false;
  for (std::string_view path : split(list, ':')) {
    if (path.empty()) continue;
    auto bytes = files.read(std::string(path), {.max_bytes = kMostBytes});
    if (!bytes && bytes.error().kind == ErrorKind::NotFound) continue;
    if (!bytes) return std::unexpected(std::move(bytes).error());
    EIDOS_CHECK(merged.add(std::string(path), *bytes));
    any = true;
  }
  if (!any)
    return fail(ErrorKind::NotFound, cat("KUBECONFIG names no file that is there: ", quote(list)), {},
                "correct it, or unset it to use ~/.kube/config");
  auto config = select(files, merged, chosen);
  if (config) return config;
  return std::unexpected(std::move(config).error().at(list));
}

Result<Config> from_service_account(Files& files, const std::string& host, const std::string& port) {
  Config config;
  config.context = config.cluster = "in-cluster";
  config.user = "service account";
  config.where = kAccountDirectory;
  bool v6 = host.find(':') != std::string::npos;
  config.server = cat("https://", v6 ? "[" : "", host, v6 ? "]" : "", ":", port.empty() ? "443" : port);
  if (auto url = net::parse_url(config.server); !url)
    return std::unexpected(std::move(url).error().within("KUBERNETES_SERVICE_HOST and _PORT"));
  config.token_file = cat(kAccountDirectory, "/token");
  if (auto there = files.kind(config.token_file); !there)
    return std::unexpected(std::move(there)
                               .error()
                               .within("in a pod, but it has no service account token")
                               .fix("set automountServiceAccountToken: true, or give --kubeconfig"));
  auto authorities = files.read(cat(kAccountDirectory, "/ca.crt"), {.max_bytes = kMostBytes});
  if (!authorities && authorities.error().kind != ErrorKind::NotFound)
    return std::unexpected(std::move(authorities).error());
  config.authorities = std::move(authorities).value_or("");
  if (auto ns = files.read(cat(kAccountDirectory, "/namespace"), {.max_bytes = 1024}); ns)
    config.ns = std::string(trim(*ns));
  return config;
}

}  // namespace

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" ||
         (host.starts_with("127.") && net::is_address(host));
}

Result<std::optional<Config>> find_config(Files& files, const net::Environment& environment,
                                          const Selection& chosen) {
  if (!chosen.kubeconfig.empty()) return from_file(files, chosen.kubeconfig, chosen);
  if (std::string list = environment("KUBECONFIG"); !list.empty()) return from_list(files, list, chosen);
  if (std::string home = environment("HOME"); !home.empty()) {
    const std::string path = cat(home, "/.kube/config");
    auto config = from_file(files, path, chosen);
    if (config) return config;
    if (auto there = files.kind(path); there || there.error().kind != ErrorKind::NotFound)
      return std::unexpected(std::move(config).error());
  }
  std::string host = environment("KUBERNETES_SERVICE_HOST");
  if (!host.empty()) return from_service_account(files, host, environment("KUBERNETES_SERVICE_PORT"));
  if (chosen.context.empty()) return std::nullopt;
  return fail(ErrorKind::NotFound, "--kube-context needs a kubeconfig, and there is none", {},
              "give one with --kubeconfig");
}

}  // namespace eidos::kube
