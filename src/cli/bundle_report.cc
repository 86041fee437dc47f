#include "cli/bundle_report.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::cli {

namespace {

std::int64_t total_size(const BundleReport& report) {
  std::size_t bytes = 0;
  for (const auto& [path, file] : report.made->files) bytes += file.bytes.size();
  return static_cast<std::int64_t>(bytes);
}

data::Value texts(const std::vector<std::string>& lines) {
  data::List list;
  for (const std::string& line : lines) list.emplace_back(line);
  return data::Value(std::move(list));
}

data::Value file_list(const FileTree& files) {
  data::List list;
  for (const auto& [path, file] : files) {
    data::Map one;
    one.set("path", path);
    one.set("size", static_cast<std::int64_t>(file.bytes.size()));
    if (file.executable) one.set("executable", true);
    list.emplace_back(std::move(one));
  }
  return data::Value(std::move(list));
}

std::string bulleted(std::string_view title, const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += cat("  ", line, "\n");
  return lines.empty() ? out : cat("\n", title, "\n", out);
}

}  // namespace

std::string bundle_text(const BundleReport& report) {
  const bundle::Deployment& deployment = report.made->deployment;
  const Written& output = report.output;
  const bool archive = !output.unpack.empty();
  return cat("wrote ", report.made->files.size(), " files, ", total_size(report), " bytes: ", output.path,
             "\n", archive ? bulleted("To unpack:", {output.unpack}) : "",
             bulleted(cat("To install, in ", archive ? "DIR" : output.path, ":"), deployment.steps),
             bulleted("Notes:", deployment.notes));
}

std::string tree_text(const BundleReport& report) {
  std::size_t width = cat(total_size(report)).size();
  std::string out;
  auto line = [&](const std::string& size, std::string_view what) {
    out += cat(std::string(width - std::min(width, size.size()), ' '), size, "  ", what, "\n");
  };
  for (const auto& [path, file] : report.made->files) line(cat(file.bytes.size()), path);
  line(cat(total_size(report)), cat("bytes in ", report.made->files.size(), " files; nothing was written"));
  return out;
}

data::Value bundle_document(const BundleReport& report) {
  data::Map deployment;
  deployment.set("type", report.made->deployment.type);
  deployment.set("steps", texts(report.made->deployment.steps));
  deployment.set("notes", texts(report.made->deployment.notes));
  data::Map map;
  map.set("type", report.made->deployment.type);
  map.set("files", file_list(report.made->files));
  map.set("totalSize", total_size(report));
  map.set("duration", cat(report.took.count(), "ms"));
  map.set("deployment", data::Value(std::move(deployment)));
  if (!report.output.path.empty()) {
    data::Map output;
    output.set("path", report.output.path);
    if (!report.output.digest.empty()) output.set("digest", report.output.digest);
    map.set("output", data::Value(std::move(output)));
  }
  return data::Value(std::move(map));
}

}  // namespace eidos::cli
