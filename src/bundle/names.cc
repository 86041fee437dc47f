#include "bundle/names.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace eidos::bundle {
namespace {

constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxDnsName = 253;
constexpr std::size_t kMaxChartName = 250;
constexpr std::size_t kMaxVersion = 128;
constexpr std::size_t kMaxSource = 2048;
constexpr std::size_t kMaxManifestPath = 250;
constexpr std::string_view kPathExtra = "._-/";
// Keys at the top of an umbrella's values.yaml: the first is ours, the others are Helm's.
constexpr std::string_view kReservedNames[] = {"enabled", "global", "tags"};
// checksums.txt leaves out the one, and what Helm puts into the other is nobody's; a component's folder must
// be neither.
constexpr std::string_view kReservedFolders[] = {"attestation", "charts"};
constexpr std::string_view kSchemes[] = {"https://", "http://", "oci://"};
// What a host, port and path need. Nothing in it means anything to a shell or to YAML in the middle of a
// word.
constexpr std::string_view kUrlExtra = "-._~/%+@:";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_alnum(char c) {
  return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z');
}

template <class Allowed>
bool all_of(std::string_view text, Allowed allowed) {
  return std::ranges::all_of(text, allowed);
}

// Labels of lower-case letters, digits and '-', joined by dots.
bool is_dns_name(std::string_view text) {
  if (text.size() > kMaxDnsName) return false;
  return std::ranges::all_of(split(text, '.'), is_dns_label);
}

bool is_number(std::string_view text) {
  return !text.empty() && all_of(text, is_digit) && (text.size() == 1 || text.front() != '0');
}

// Dot-separated identifiers of a pre-release (numbers without leading zeros) or of build metadata.
bool are_identifiers(std::string_view text, bool numbers_count) {
  for (std::string_view part : split(text, '.')) {
    if (part.empty() || !all_of(part, [](char c) { return is_alnum(c) || c == '-'; })) return false;
    if (numbers_count && all_of(part, is_digit) && !is_number(part)) return false;
  }
  return true;
}

// Numbers joined by dots, then -pre, then +build.
bool is_version(std::string_view text, std::size_t least_numbers) {
  if (text.size() > kMaxVersion) return false;
  std::size_t plus = text.find('+');
  if (plus != std::string_view::npos && !are_identifiers(text.substr(plus + 1), false)) return false;
  text = text.substr(0, plus);
  std::size_t dash = text.find('-');
  if (dash != std::string_view::npos && !are_identifiers(text.substr(dash + 1), true)) return false;
  std::vector<std::string_view> numbers = split(text.substr(0, dash), '.');
  return numbers.size() >= least_numbers && numbers.size() <= 3 && std::ranges::all_of(numbers, is_number);
}

std::unexpected<Error> bad_address(std::string_view what, std::string_view address, std::string_view why) {
  return fail(ErrorKind::Invalid, cat(what, " ", quote(address), " ", why));
}

}  // namespace

bool is_dns_label(std::string_view text) {
  if (text.empty() || text.size() > kMaxLabel || text.front() == '-' || text.back() == '-') return false;
  return all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_label_value(std::string_view text) {
  if (text.empty()) return true;
  if (text.size() > kMaxLabel || !is_alnum(text.front()) || !is_alnum(text.back())) return false;
  return all_of(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_label_key(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return !text.empty() && is_label_value(text);
  return slash + 1 < text.size() && is_dns_name(text.substr(0, slash)) &&
         is_label_value(text.substr(slash + 1));
}

bool is_chart_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxChartName || !is_alnum(text.front())) return false;
  return all_of(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_semver(std::string_view text) {
  return is_version(text, 3);
}

bool is_chart_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  return is_version(text, 1);
}

Result<void> check_component_name(std::string_view name) {
  if (!is_dns_label(name))
    return fail(ErrorKind::Invalid, cat("component name ", quote(name), " cannot be used"), {},
                "use at most 63 of a-z, 0-9 and '-', with a letter or digit at both ends");
  if (std::ranges::find(kReservedNames, name) != std::end(kReservedNames))
    return fail(ErrorKind::Invalid,
                cat("component name ", quote(name), " is a key of the umbrella's own values"), {},
                "name the component otherwise");
  if (std::ranges::find(kReservedFolders, name) != std::end(kReservedFolders))
    return fail(ErrorKind::Invalid,
                cat("component name ", quote(name), " is a folder whose files a bundle does not vouch for"),
                {}, "name the component otherwise");
  return {};
}

Result<void> check_namespace(std::string_view who, std::string_view name_space) {
  if (is_dns_label(name_space)) return {};
  return fail(ErrorKind::Invalid, cat(who, ": ", quote(name_space), " cannot be a namespace"), {},
              "use at most 63 of a-z, 0-9 and '-', with a letter or digit at both ends");
}

Result<void> check_manifest_path(std::string_view who, std::string_view path) {
  bool plain = !path.empty() && path.size() <= kMaxManifestPath && all_of(path, [](char c) {
    return is_alnum(c) || kPathExtra.find(c) != std::string_view::npos;
  });
  for (std::string_view part : split(path, '/'))
    plain = plain && !part.empty() && part != "." && part != ".." && !part.starts_with('-');
  if (plain) return {};
  return fail(ErrorKind::Invalid, cat(who, ": manifest path ", quote(path), " cannot be used"), {},
              "name a file of the catalog, as in components/NAME/manifests/FILE.yaml");
}

Result<void> check_address(std::string_view what, std::string_view source) {
  const auto* scheme =
      std::ranges::find_if(kSchemes, [&](std::string_view known) { return source.starts_with(known); });
  if (scheme == std::end(kSchemes)) return bad_address(what, source, "has none of https://, http://, oci://");
  if (source.size() > kMaxSource)
    return bad_address(what, source, cat("is longer than ", kMaxSource, " bytes"));
  std::string_view rest = source.substr(scheme->size());
  if (!all_of(rest, [](char c) { return is_alnum(c) || kUrlExtra.find(c) != std::string_view::npos; }))
    return bad_address(what, source, "holds a character that a repository address has no use for");
  std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.find('@') != std::string_view::npos)
    return bad_address(what, source, "holds a user name, and a bundle is no place for credentials");
  for (std::string_view part : split(rest, '/'))
    if (part == "..") return bad_address(what, source, "leads up with '..'");
  std::size_t colon = authority.find(':');
  bool port_ok = colon == std::string_view::npos ||
                 (is_number(authority.substr(colon + 1)) && authority.size() - colon <= 6);
  if (!is_dns_name(lower(authority.substr(0, colon))) || !port_ok)
    return bad_address(what, source, "has no valid host");
  return {};
}

Result<void> check_source(std::string_view who, std::string_view source) {
  auto fits = check_address(cat(who, ": chart source"), source);
  if (!fits) fits.error().hint = "give the chart repository as https://host/path or oci://host/path";
  return fits;
}

}  // namespace eidos::bundle
