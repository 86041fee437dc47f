// The parts of a recipe and the values of its components: what breaks, what slows, what is a set.

#include "diff/glob.h"
#include "diff/meaning.h"

namespace eidos::diff {

namespace {

struct Row {
  std::string_view path;
  Meaning meaning;
};

// Charts seldom have a way back: an older version breaks.
constexpr Impacts kChartVersion = {kB, kP, kC, kB, kB};
constexpr Impacts kImageVersion = {kB, kP, kC, kP, kP};
constexpr Impacts kAddingBreaks = {kB, kB, kB, kB, kC};

constexpr Row kRows[] = {
    {"criteria.nodes", {true, kAlwaysPerformance, Shape::Plain, "the size of the target"}},
    {"criteria.*", {true, kAlwaysBreaking, Shape::Plain, "another target"}},
    {"overlays",
     {true, kAlwaysCosmetic, Shape::Set, "where its parts come from; they are compared themselves"}},
    {"unusedCriteria", {true, kAlwaysCosmetic, Shape::Set, "what was asked for and nothing answered"}},
    {"constraints.*.value", {true, kAlwaysBreaking, Shape::Plain, "what the cluster must satisfy"}},
    {"constraints.*", {true, kAlwaysCosmetic, Shape::Plain, "how a constraint is reported"}},
    {"constraints", {true, kAddingBreaks, Shape::Plain, "what the cluster must satisfy"}},
    {"order", {true, kAlwaysCosmetic, Shape::Plain, "each still comes after those it depends on"}},
    {"validation.*constraints*", {true, kAlwaysBreaking, Shape::Plain, "what the cluster must satisfy"}},
    {"validation.*", {true, kAlwaysCosmetic, Shape::Plain, "what is checked afterwards"}},
    {"component", {true, kAlwaysBreaking, Shape::Plain, "a component comes or goes"}},
    {"component.enabled", {true, kAlwaysBreaking, Shape::Plain, "switches the component on or off"}},
    {"component.version", {true, kChartVersion, Shape::Plain, "the chart", true}},
    {"component.tag", {true, kChartVersion, Shape::Plain, "what is deployed", true}},
    {"component.chart", {true, kAlwaysBreaking, Shape::Plain, "another chart"}},
    {"component.source", {true, kAlwaysBreaking, Shape::Plain, "another place to get it from"}},
    {"component.path", {true, kAlwaysBreaking, Shape::Plain, "another kustomization"}},
    {"component.type", {true, kAlwaysBreaking, Shape::Plain, "another way to deploy it"}},
    {"component.namespace", {true, kAlwaysBreaking, Shape::Plain, "what was installed stays where it is"}},
    {"component.valuesFile",
     {true, kAlwaysPerformance, Shape::Plain, "its settings; compare bundles to see them"}},
    {"component.inputs",
     {true, kAlwaysPerformance, Shape::Plain, "its settings in the catalog; compare bundles to see them"}},
    {"component.manifestFiles", {true, kAlwaysPerformance, Shape::Set, "what is applied beside the chart"}},
    {"component.manifests*", {true, kAlwaysPerformance, Shape::Plain, "what is applied beside the chart"}},
    {"component.patches*", {true, kAlwaysPerformance, Shape::Plain, "what is laid over the kustomization"}},
    {"component.dependencyRefs", {true, kAlwaysCosmetic, Shape::Set, "what it waits for"}},
    {"component.*", {true, kAlwaysCosmetic, Shape::Plain, "how it is checked or cleaned up"}},
    {"values*.enabled", {true, kAlwaysBreaking, Shape::Plain, "switches a part on or off"}},
    {"values*version", {true, kImageVersion, Shape::Plain, "what runs"}},
    {"values*Version", {true, kImageVersion, Shape::Plain, "what runs"}},
    {"values*.tag", {true, kImageVersion, Shape::Plain, "what runs"}},
    {"values*.image*", {true, kAlwaysPerformance, Shape::Plain, "what runs"}},
    {"values*odeSelector*", {true, kAlwaysBreaking, Shape::Plain, "where its pods may run"}},
    {"values*olerations*", {true, kAlwaysBreaking, Shape::Plain, "where its pods may run"}},
    {"values*ffinity*", {true, kAlwaysBreaking, Shape::Plain, "where its pods may run"}},
    {"values*torage*", {true, kAlwaysBreaking, Shape::Plain, "where it keeps data"}},
    {"values*ersisten*", {true, kAlwaysBreaking, Shape::Plain, "where it keeps data"}},
    {"values*crd*", {true, kAlwaysBreaking, Shape::Plain, "who installs its CustomResourceDefinitions"}},
    {"values*CRD*", {true, kAlwaysBreaking, Shape::Plain, "who installs its CustomResourceDefinitions"}},
    {"values*.mig*", {true, kAlwaysBreaking, Shape::Plain, "what can be scheduled"}},
    {"values*nnotations*", {true, kAlwaysCosmetic, Shape::Plain, "how its objects are described"}},
    {"values*abels*", {true, kAlwaysCosmetic, Shape::Plain, "how its objects are described"}},
    {"values*.log*", {true, kAlwaysCosmetic, Shape::Plain, "what it logs"}},
    {"values*", {true, kAlwaysPerformance, Shape::Plain, "a setting; what it does is for the chart to say"}},
};

constexpr Meaning kUnlisted = {};

}  // namespace

const Meaning& meaning_of(std::string_view recipe_path) {
  for (const Row& row : kRows)
    if (fits(row.path, recipe_path)) return row.meaning;
  return kUnlisted;
}

}  // namespace eidos::diff
