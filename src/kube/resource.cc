#include "kube/resource.h"

#include "base/text.h"

namespace eidos::kube {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (char c : text) {
    auto code = static_cast<unsigned char>(c);
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 kPlain.find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += {'%', kHex[code >> 4], kHex[code & 15]};
  }
  return out;
}

std::string path_of(const Target& target) {
  const Resource& resource = target.resource;
  std::string out = resource.group.empty() ? cat("/api/", percent_encoded(resource.version))
                                           : cat("/apis/", percent_encoded(resource.group), "/",
                                                 percent_encoded(resource.version));
  if (resource.namespaced && !target.ns.empty()) out += cat("/namespaces/", percent_encoded(target.ns));
  out += cat("/", percent_encoded(resource.plural));
  if (!target.name.empty()) out += cat("/", percent_encoded(target.name));
  if (!target.subresource.empty()) out += cat("/", percent_encoded(target.subresource));
  return out;
}

std::string described(const Target& target) {
  const Resource& resource = target.resource;
  std::string out = resource.group.empty() ? resource.plural : cat(resource.plural, ".", resource.group);
  if (!target.subresource.empty()) out += cat("/", target.subresource);
  if (!target.name.empty()) out += cat(" ", quote(target.name));
  if (!resource.namespaced) return out;
  return target.ns.empty() ? cat(out, " in all namespaces") : cat(out, " in namespace ", quote(target.ns));
}

}  // namespace eidos::kube
