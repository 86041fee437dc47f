#include "agent/options.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::agent {

namespace {

constexpr std::string_view kEffects[] = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
constexpr std::size_t kMostLabel = 63;
constexpr std::size_t kMostName = 253;

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// One part of a label's key, or its value: letters, digits and -_. between letters or digits.
bool is_label_text(std::string_view text) {
  if (text.empty() || text.size() > kMostLabel || !alphanumeric(text.front()) || !alphanumeric(text.back()))
    return false;
  return std::ranges::all_of(text,
                             [](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

// RFC 1123: small letters, digits and '-', and where `dots` is set several such parts.
bool is_name(std::string_view text, std::size_t most, bool dots) {
  if (text.empty() || text.size() > most) return false;
  auto inner = [](char c) { return alphanumeric(c) && !(c >= 'A' && c <= 'Z'); };
  return std::ranges::all_of(dots ? split(text, '.') : std::vector{text}, [&](std::string_view part) {
    return !part.empty() && inner(part.front()) && inner(part.back()) &&
           std::ranges::all_of(part, [&](char c) { return inner(c) || c == '-'; });
  });
}

bool is_label_key(std::string_view key) {
  std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return is_label_text(key);
  return is_name(key.substr(0, slash), kMostName, true) && is_label_text(key.substr(slash + 1));
}

bool is_label_value(std::string_view value) {
  return value.empty() || is_label_text(value);
}

// What stands behind the last ':' of the last part, or behind '@'; empty: neither.
std::string_view tag_of(std::string_view image) {
  if (std::size_t at = image.find('@'); at != std::string_view::npos) return image.substr(at + 1);
  std::string_view last = image.substr(image.rfind('/') + 1);
  std::size_t colon = last.find(':');
  return colon == std::string_view::npos ? std::string_view() : last.substr(colon + 1);
}

void check_image(const std::string& image, std::vector<Error>& problems) {
  auto wrong = [&](std::string message, std::string hint) {
    problems.push_back({ErrorKind::Invalid, std::move(message), {}, std::move(hint)});
  };
  if (image.find_first_of(" \t\r\n") != std::string::npos || image.starts_with('-') ||
      image.find("://") != std::string::npos)
    return wrong(cat("--image ", quote(image), " is no name of an image"), "write registry/name:version");
  if (tag_of(image).empty() || tag_of(image) == "latest")
    wrong(cat("--image ", quote(image), " says no version"),
          "name the version or the digest: what 'latest' is changes, and a run could not be repeated");
}

}  // namespace

Result<std::pair<std::string, std::string>> parse_selector(std::string_view text) {
  std::size_t equals = text.find('=');
  std::string_view key = text.substr(0, equals);
  std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  if (equals != std::string_view::npos && is_label_key(key) && is_label_value(value))
    return std::pair{std::string(key), std::string(value)};
  return fail(ErrorKind::Invalid, cat("--node-selector ", quote(text), " is not of the form KEY=VALUE"), {},
              "for example nvidia.com/gpu.present=true");
}

Result<Toleration> parse_toleration(std::string_view text) {
  Toleration out;
  if (text.empty()) return out;
  std::size_t colon = text.rfind(':');
  std::string_view taint = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    out.effect = text.substr(colon + 1);
    if (std::ranges::find(kEffects, out.effect) == std::end(kEffects))
      return fail(ErrorKind::Invalid,
                  cat("--toleration ", quote(text), " has no effect of Kubernetes",
                      did_you_mean(out.effect, kEffects)),
                  {}, cat("effects are ", join(kEffects, ", ")));
  }
  std::size_t equals = taint.find('=');
  out.key = taint.substr(0, equals);
  if (equals != std::string_view::npos) out.value = taint.substr(equals + 1);
  if (is_label_key(out.key) && is_label_value(out.value)) return out;
  return fail(ErrorKind::Invalid,
              cat("--toleration ", quote(text), " is not of the form KEY[=VALUE][:EFFECT]"), {},
              "for example nvidia.com/gpu=present:NoSchedule");
}

Result<void> check_options(const AgentOptions& options) {
  std::vector<Error> problems;
  auto need_name = [&](std::string_view flag, const std::string& name, std::size_t most, bool dots) {
    if (!is_name(name, most, dots))
      problems.push_back(
          {ErrorKind::Invalid,
           cat("--", flag, " ", quote(name), " is no name of Kubernetes"),
           {},
           cat("use small letters, digits and '-'", dots ? " or '.'" : "", ", at most ", most)});
  };
  // A Job's name is a label of its pods; a suffix of its run must fit, too.
  constexpr std::size_t kMostJob = 52;
  need_name("namespace", options.ns, kMostLabel, false);
  need_name("job-name", options.job_name, kMostJob, false);
  need_name("service-account-name", options.service_account, 180, true);
  for (const std::string& secret : options.pull_secrets)
    need_name("image-pull-secret", secret, kMostName, true);
  if (!options.runtime_class.empty()) need_name("runtime-class", options.runtime_class, kMostName, true);
  if (options.require_gpu && !options.runtime_class.empty())
    problems.push_back(
        {ErrorKind::Usage,
         "--require-gpu and --runtime-class cannot both be given",
         {},
         "--require-gpu has the cluster give the pod a GPU; --runtime-class shows it all of the "
         "node's, and takes none"});
  if (!options.image.empty()) check_image(options.image, problems);
  if (problems.empty()) return {};
  return std::unexpected(together(std::move(problems)));
}

std::string cluster_role_name(const AgentOptions& options) {
  return cat(options.service_account, "-", options.ns);
}

}  // namespace eidos::agent
