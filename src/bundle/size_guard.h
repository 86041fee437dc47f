#pragma once
// Will the release fit into the one Secret that Helm keeps it in?

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/stack.h"

namespace eidos::bundle {

/// What Kubernetes allows in a Secret.
constexpr std::int64_t kReleaseLimit = 1024 * 1024;
constexpr std::int64_t kReleaseWarning = kReleaseLimit * 7 / 10;
/// What fits into the annotation of a client-side apply.
constexpr std::size_t kLargeCrd = 256 * 1024;

/// Bytes of `text` as gzip at its best.
std::int64_t gzip_bytes(std::string_view text);

/// Our part of the release: what Helm stores of Chart.yaml, values, templates, other files and what the
/// templates become, compressed and in base64 as it does.
std::int64_t own_release_bytes(const FileTree& files);

/// Adds the recorded sizes of the charts. Past the limit: Invalid. From 70 % a warning, which lists the
/// charts without a recorded size. CRDs over 256 KiB among the manifests are warnings, too.
Result<void> check_size(const Stack& stack, const FileTree& files, std::vector<std::string>& warnings);

/// What check_size() cannot know: the charts without a recorded size, and what to do if they are too much; ""
/// when all are recorded.
std::string size_note(const Stack& stack);

}  // namespace eidos::bundle
