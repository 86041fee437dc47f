#pragma once
// What `eidos bundle` tells: to people, and as a document.

#include <string>

#include "base/limit.h"
#include "bundle/bundle.h"
#include "cli/bundle_target.h"
#include "data/value.h"

namespace eidos::cli {

struct BundleReport {
  const bundle::Bundle* made = nullptr;
  Written output;  ///< Empty after --dry-run.
  Milliseconds took{};
};

/// Files, bytes and path, then what to do next.
std::string bundle_text(const BundleReport& report);
/// Every file with its size.
std::string tree_text(const BundleReport& report);
/// type, files[], totalSize, duration (varies between runs), deployment, output.
data::Value bundle_document(const BundleReport& report);

}  // namespace eidos::cli
