#pragma once
// What must hold for any archive, shared by the targets of both formats.

#include "fuzz/properties.h"
#include "seal/verify.h"

namespace eidos::fuzz {

/// Refused with one clear line, or a tree that both formats carry and give back; verify says of it neither
/// that a path leads out nor that one stands there twice.
inline void check_archive(std::string_view bytes) {
  constexpr seal::Caps kSmall{.entries = 1000, .file_bytes = 1 << 20, .total_bytes = 4 << 20};
  auto tree = seal::unpack(bytes, kSmall);
  if (!tree) {
    check_error(tree.error());
    return;
  }
  for (seal::Format format : {seal::Format::Zip, seal::Format::TarGz}) {
    auto again = seal::pack(*tree, format, seal::kDefaultTime);
    if (!again) return check_error(again.error());  // a tar may have names that are not UTF-8
    auto back = seal::unpack(*again);
    EIDOS_ASSERT(back && *back == *tree);
  }
  auto contents = seal::archive_contents(bytes, seal::keep_checksums, {});
  EIDOS_ASSERT(contents);
  auto report = seal::verify(*contents, {.strict = true});
  if (!report) return check_error(report.error());
  for (const seal::Finding& finding : report->findings)
    EIDOS_ASSERT(finding.rule != seal::Rule::Path && finding.rule != seal::Rule::Duplicate &&
                 finding.rule != seal::Rule::Linked && finding.rule != seal::Rule::Special);
  check_round_trips(seal::to_document(*report, true));
}

}  // namespace eidos::fuzz
