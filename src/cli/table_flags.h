#pragma once
// Flags that several commands share, and what the groups of the table are made with.

#include <algorithm>
#include <array>
#include <cstddef>

#include "cli/command.h"

namespace eidos::cli {

inline constexpr std::string_view kDocumentFormats[] = {"yaml", "json", "table"};
inline constexpr std::string_view kDataFormats[] = {"yaml", "json"};

inline constexpr Flag kOutput = {.name = "output",
                                 .letter = 'o',
                                 .takes = Takes::File,
                                 .value = "FILE",
                                 .help = "where to write; '-' is standard output, the default"};
inline constexpr Flag kFormat = {.name = "format",
                                 .letter = 't',
                                 .takes = Takes::Text,
                                 .value = "FORMAT",
                                 .help = "how to write it",
                                 .rules = kSetting,
                                 .choices = kDocumentFormats};
inline constexpr Flag kAllowOutside = {.name = "allow-outside",
                                       .help = "let --output leave the working directory"};
inline constexpr Flag kCaFile = {.name = "ca-file",
                                 .takes = Takes::File,
                                 .value = "FILE",
                                 .help = "certificates to trust for https:// sources",
                                 .rules = kSetting};
/// Of commands that a service can do instead.
inline constexpr Flag kServerFlags[] = {
    {.name = "server",
     .takes = Takes::Text,
     .value = "URL",
     .help = "have the service (eidosd) at URL do it",
     .rules = kSetting},
    {.name = "token-file",
     .takes = Takes::File,
     .value = "FILE",
     .help = "the token to show it; else EIDOS_API_TOKEN",
     .rules = kSetting | kRare},
    {.name = "server-fingerprint",
     .takes = Takes::Text,
     .value = "HEX",
     .help = "SHA-256 of its certificate, the only one to believe; else EIDOS_API_CERT_FINGERPRINT",
     .rules = kSetting | kRare},
};
inline constexpr Flag kCatalog = {.name = "catalog",
                                  .takes = Takes::File,
                                  .value = "DIR",
                                  .help = "use this catalog instead of the one inside",
                                  .rules = kSetting};
inline constexpr Flag kData = {.name = "data",
                               .takes = Takes::File,
                               .value = "LAYER",
                               .help = "lay a DIR, .tar.gz or URL#sha256:HEX over it; repeats",
                               .rules = kRepeats | kSetting};
inline constexpr Flag kLock = {.name = "lock",
                               .takes = Takes::File,
                               .value = "FILE",
                               .help = "lock to hold it to, or none; ./eidos.lock",
                               .rules = kSetting};

inline constexpr Flag kRecipe = {.name = "recipe",
                                 .letter = 'r',
                                 .takes = Takes::File,
                                 .value = "FILE",
                                 .help = "recipe to read; '-' or a URL will do",
                                 .rules = kNeeded};

inline constexpr Flag kAllowMismatch = {.name = "allow-catalog-mismatch",
                                        .takes = Takes::Maybe,
                                        .value = "NAME",
                                        .help = "accept a catalog that changed since the recipe",
                                        .rules = kRepeats | kRare};

/// What values a bundle gives its components; read by value_flags().
inline constexpr Flag kValueFlags[] = {
    {.name = "set",
     .takes = Takes::Text,
     .value = "C:PATH=VALUE",
     .help = "override a value; repeatable, last one wins",
     .rules = kRepeats},
    {.name = "set-string",
     .takes = Takes::Text,
     .value = "C:PATH=TEXT",
     .help = "the same, always text",
     .rules = kRepeats},
    {.name = "set-json",
     .takes = Takes::Text,
     .value = "C:PATH=JSON",
     .help = "the same, any JSON",
     .rules = kRepeats | kRare},
    {.name = "values-file",
     .takes = Takes::File,
     .value = "C=FILE",
     .help = "values for a component, below --set; repeatable",
     .rules = kRepeats},
    {.name = "system-node-selector",
     .takes = Takes::Text,
     .value = "K=V",
     .help = "where system pods go; repeatable",
     .rules = kRepeats},
    {.name = "system-node-toleration",
     .takes = Takes::Text,
     .value = "K=V:EFFECT",
     .help = "taints they tolerate; repeatable",
     .rules = kRepeats | kRare},
    {.name = "accelerated-node-selector",
     .takes = Takes::Text,
     .value = "K=V",
     .help = "the GPU nodes; repeatable",
     .rules = kRepeats},
    {.name = "accelerated-node-toleration",
     .takes = Takes::Text,
     .value = "K=V:EFFECT",
     .help = "their taints; repeatable",
     .rules = kRepeats | kRare},
    {.name = "workload-selector",
     .takes = Takes::Text,
     .value = "K=V",
     .help = "pods of the workload; repeatable",
     .rules = kRepeats},
    {.name = "workload-gate",
     .takes = Takes::Text,
     .value = "K=V:EFFECT",
     .help = "taint that holds workloads back",
     .rules = kRare},
};

/// Flags of several tables, in order, for one command.
template <std::size_t... N>
constexpr std::array<Flag, (N + ...)> joined(const Flag (&... parts)[N]) {
  std::array<Flag, (N + ...)> all = {};
  auto at = all.begin();
  ((at = std::copy(parts, parts + N, at)), ...);
  return all;
}

template <std::size_t N, std::size_t M>
constexpr std::array<Flag, N + M> joined(const Flag (&first)[N], const std::array<Flag, M>& second) {
  std::array<Flag, N + M> all = {};
  std::copy(second.begin(), second.end(), std::copy(first, first + N, all.begin()));
  return all;
}

/// The same flags for a command that uses them only now and then: none is needed, and help shows none.
template <std::size_t N>
constexpr std::array<Flag, N> on_the_side(std::array<Flag, N> flags) {
  for (Flag& flag : flags) flag.rules = (flag.rules & ~unsigned{kNeeded}) | kRare;
  return flags;
}

/// The same flags, some of them shown by `help COMMAND --all` only, where a command has many.
template <std::size_t N, std::size_t M>
constexpr std::array<Flag, N> with_rare(std::array<Flag, N> flags, const std::string_view (&names)[M]) {
  for (Flag& flag : flags)
    if (std::find(names, names + M, flag.name) != names + M) flag.rules |= kRare;
  return flags;
}

}  // namespace eidos::cli
