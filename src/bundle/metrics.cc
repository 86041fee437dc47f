#include "bundle/metrics.h"

#include "base/text.h"

namespace eidos::bundle {

ComponentFigures& Figures::of(const std::string& component) {
  auto [place, fresh] = places_.emplace(component, components_.size());
  if (fresh) components_.push_back({.component = component});
  return components_[place->second];
}

void Figures::begins(const std::string& component) {
  of(component);
  began_ = clock_.steady();
}

void Figures::ends(const std::string& component, const Error* problem) {
  ComponentFigures& figures = of(component);
  figures.took += clock_.steady() - began_;
  if (problem != nullptr) figures.refusals += 1 + std::ssize(problem->others);
}

void Figures::made(const Bundle& bundle) {
  for (ComponentFigures& figures : components_)
    for (const std::string& folder : {cat(figures.component, "/"), cat("templates/", figures.component, "/")})
      for (auto file = bundle.files.lower_bound(folder);
           file != bundle.files.end() && file->first.starts_with(folder); ++file) {
        ++figures.files;
        figures.bytes += std::ssize(file->second.bytes);
      }
}

std::vector<Sample> samples(const Figures& figures) {
  std::vector<Sample> out;
  auto counted = [&](std::string_view metric, const ComponentFigures& of, std::int64_t count) {
    if (count > 0) out.push_back({metric, of.component, {}, static_cast<double>(count)});
  };
  for (const ComponentFigures& of : figures.components()) {
    out.push_back({kMakeSeconds, of.component, {}, std::chrono::duration<double>(of.took).count()});
    out.push_back({kMakeTotal, of.component, of.refusals == 0 ? "success" : "error", 1});
    counted(kFilesTotal, of, of.files);
    counted(kBytesTotal, of, of.bytes);
    counted(kFailuresTotal, of, of.refusals);
  }
  return out;
}

}  // namespace eidos::bundle
