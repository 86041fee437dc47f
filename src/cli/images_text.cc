#include "cli/images_text.h"

#include <map>
#include <set>

#include "base/table.h"
#include "base/text.h"
#include "data/document.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kOci = "oci://";

data::Value texts(const std::vector<std::string>& lines) {
  data::List out;
  for (const std::string& line : lines) out.emplace_back(line);
  return data::Value(std::move(out));
}

data::Value image_value(const bundle::ImageRow& row) {
  data::Map out;
  out.set("reference", row.reference);
  out.set("component", row.component);
  out.set("name", row.name);
  out.set("by", row.by);
  if (!row.set.empty()) out.set("setBy", texts(row.set));
  out.set("from", texts(row.from));
  return data::Value(std::move(out));
}

/// A reference as registries see it.
struct Reference {
  std::string registry;
  std::string repository;
  std::string version;  ///< Tag, or "sha256:…"
};

// The rules of the container tools: a first part with '.' or ':', or "localhost", is a host.
Reference parted(std::string_view text) {
  Reference out;
  std::size_t slash = text.find('/');
  std::string_view first = text.substr(0, std::min(slash, text.size()));
  bool has_host = slash != std::string_view::npos &&
                  (first.find_first_of(".:") != std::string_view::npos || first == "localhost");
  out.registry = has_host ? first : "docker.io";
  if (has_host) text.remove_prefix(slash + 1);
  std::size_t at = text.find('@');
  std::size_t colon = text.substr(0, at).rfind(':');
  out.version = at != std::string_view::npos      ? text.substr(at + 1)
                : colon != std::string_view::npos ? text.substr(colon + 1)
                                                  : std::string_view("latest");
  out.repository = text.substr(0, std::min(at, colon));
  if (!has_host && out.repository.find('/') == std::string::npos)
    out.repository = cat("library/", out.repository);
  return out;
}

data::Map headed(std::string_view api_version, std::string_view kind, std::string_view name) {
  data::Map metadata;
  metadata.set("name", name);
  data::Map out;
  if (!api_version.empty()) out.set("apiVersion", api_version);
  out.set("kind", kind);
  out.set("metadata", std::move(metadata));
  return out;
}

data::Value hauler_images(const bundle::ImageList& list) {
  data::List images;
  for (const std::string& reference : list.references()) {
    data::Map one;
    one.set("name", reference);
    images.emplace_back(std::move(one));
  }
  data::Map spec;
  spec.set("images", std::move(images));
  return data::Value(std::move(spec));
}

data::Value hauler_charts(const bundle::ImageList& list) {
  data::List charts;
  for (const bundle::ChartRow& chart : list.charts) {
    data::Map one;
    one.set("name", chart.name);
    one.set("repoURL", chart.repository);
    one.set("version", chart.version);
    charts.emplace_back(std::move(one));
  }
  data::Map spec;
  spec.set("charts", std::move(charts));
  return data::Value(std::move(spec));
}

}  // namespace

data::Value image_document(const bundle::ImageList& list) {
  data::List images, charts, missing;
  for (const bundle::ImageRow& row : list.images) images.push_back(image_value(row));
  for (const bundle::ChartRow& chart : list.charts) {
    data::Map one;
    one.set("component", chart.component);
    one.set("name", chart.name);
    one.set("repository", chart.repository);
    one.set("version", chart.version);
    charts.emplace_back(std::move(one));
  }
  for (const bundle::ImageGap& gap : list.gaps) {
    data::Map one;
    one.set("component", gap.component);
    one.set("what", gap.what);
    one.set("why", gap.why);
    missing.emplace_back(std::move(one));
  }
  data::Map out;
  out.set("complete", list.gaps.empty());
  out.set("images", std::move(images));
  out.set("charts", std::move(charts));
  if (!missing.empty()) out.set("missing", std::move(missing));
  return data::Value(std::move(out));
}

std::string image_lines(const bundle::ImageList& list) {
  std::string out;
  for (const std::string& reference : list.references()) out += cat(reference, "\n");
  return out;
}

std::string image_table(const bundle::ImageList& list, bool why, bool color) {
  Table table({"IMAGE", "COMPONENT", "CONTAINER", "BY"});
  for (const bundle::ImageRow& row : list.images) {
    table.add_row({row.reference, row.component, row.name, row.by});
    if (!why) continue;
    for (const std::string& path : row.set) table.add_note(cat("set by ", path));
    for (const std::string& source : row.from) table.add_note(cat("read in ", source));
  }
  std::string out = table.render({.header = true, .color = color});
  for (const bundle::ImageGap& gap : list.gaps)
    out += cat("missing: ", gap.component, ": ", harmless(gap.what), " (", harmless(gap.why), ")\n");
  return cat(out, list.references().size(), " images; complete: ", list.gaps.empty() ? "yes" : "no", "\n");
}

std::string skopeo_yaml(const bundle::ImageList& list) {
  std::map<std::string, std::map<std::string, std::set<std::string>>> sorted;
  for (const std::string& reference : list.references()) {
    Reference one = parted(reference);
    sorted[one.registry][one.repository].insert(one.version);
  }
  data::Map out;
  for (const auto& [registry, repositories] : sorted) {
    data::Map images;
    for (const auto& [repository, versions] : repositories)
      images.set(repository, texts({versions.begin(), versions.end()}));
    data::Map one;
    one.set("images", std::move(images));
    out.set(registry, std::move(one));
  }
  return data::to_yaml(out);
}

std::string hauler_yaml(const bundle::ImageList& list) {
  constexpr std::string_view kApi = "content.hauler.cattle.io/v1";
  data::Map images = headed(kApi, "Images", list.stack);
  images.set("spec", hauler_images(list));
  data::Map charts = headed(kApi, "Charts", list.stack);
  charts.set("spec", hauler_charts(list));
  return cat(data::to_yaml(images), "---\n", data::to_yaml(charts));
}

std::string zarf_yaml(const bundle::ImageList& list) {
  data::List charts;
  for (const bundle::ChartRow& chart : list.charts) {
    data::Map one;
    one.set("name", chart.component);
    bool oci = chart.repository.starts_with(kOci);
    one.set("url", oci ? cat(chart.repository, "/", chart.name) : chart.repository);
    if (!oci && chart.name != chart.component) one.set("repoName", chart.name);
    one.set("version", chart.version);
    if (!chart.name_space.empty()) one.set("namespace", chart.name_space);
    charts.emplace_back(std::move(one));
  }
  data::Map component;
  component.set("name", list.stack);
  component.set("required", true);
  component.set("charts", std::move(charts));
  component.set("images", texts(list.references()));
  data::Map out = headed({}, "ZarfPackageConfig", list.stack);
  out.set("components", data::List{data::Value(std::move(component))});
  return data::to_yaml(out);
}

}  // namespace eidos::cli
