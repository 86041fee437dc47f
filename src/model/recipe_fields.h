#pragma once
// Field tables of the recipe documents. Order here is the order written.

#include "data/fields.h"
#include "model/recipe.h"
#include "model/snapshot.h"

namespace eidos::data {

template <>
struct Fields<model::Constraint> {
  static constexpr std::string_view kTitle = "Constraint";
  static constexpr auto table() {
    using T = model::Constraint;
    return std::tuple{
        field("name", &T::name, "Path of a reading: Type.Subtype.Key", kRequired),
        field("value", &T::value, "Expression: >=, <=, >, <, ==, != and a value, or a bare value", kAlways),
        field("severity", &T::severity, "error (default) or warning: a warning never fails a report"),
        field("remediation", &T::remediation, "What to do when it fails"),
        field("unit", &T::unit, "Unit of the value, for people")};
  }
};

template <>
struct Fields<model::ExpectedResource> {
  static constexpr std::string_view kTitle = "ExpectedResource";
  static constexpr auto table() {
    using T = model::ExpectedResource;
    return std::tuple{field("kind", &T::kind, "Kubernetes kind", kRequired),
                      field("name", &T::name, "Object name", kRequired),
                      field("namespace", &T::name_space, "Object namespace")};
  }
};

template <>
struct Fields<model::ComponentRef> {
  static constexpr std::string_view kTitle = "ComponentRef";
  static constexpr auto table() {
    using T = model::ComponentRef;
    return std::tuple{
        field("name", &T::name, "Component, as the registry names it", kRequired | kAlways),
        field("namespace", &T::name_space, "Namespace it is installed into"),
        field("chart", &T::chart, "Chart name, without a repository"),
        field("type", &T::type, "Helm or Kustomize", kAlways),
        field("source", &T::source, "Chart repository (https:// or oci://) or Kustomize source", kAlways),
        field("version", &T::version, "Chart version, spelled as the repository spells it"),
        field("tag", &T::tag, "Kustomize: tag, branch or commit"),
        field("valuesFile", &T::values_file, "Catalog path of the values file"),
        field("overrides", &T::overrides, "Values laid over the values file; null deletes a chart default"),
        field("patches", &T::patches, "Kustomize patches"),
        field("dependencyRefs", &T::dependency_refs, "Components that must be installed before"),
        field("manifestFiles", &T::manifest_files, "Catalog paths of extra manifests (Helm templates)"),
        field("path", &T::path, "Kustomize: path to the kustomization"),
        field("cleanup", &T::cleanup, "Remove what earlier versions left"),
        field("expectedResources", &T::expected_resources, "Objects that must exist once installed"),
        field("healthCheckAsserts", &T::health_check_asserts, "Assertions for a health check")};
  }
};

template <>
struct Fields<model::NodeSelection> {
  static constexpr std::string_view kTitle = "NodeSelection";
  static constexpr auto table() {
    using T = model::NodeSelection;
    return std::tuple{field("selector", &T::selector, "Node labels to match"),
                      field("maxNodes", &T::max_nodes, "At most this many nodes"),
                      field("excludeNodes", &T::exclude_nodes, "Nodes to leave out")};
  }
};

template <>
struct Fields<model::ValidationPhase> {
  static constexpr std::string_view kTitle = "ValidationPhase";
  static constexpr auto table() {
    using T = model::ValidationPhase;
    return std::tuple{field("timeout", &T::timeout, "Time limit of the phase, 10m"),
                      field("constraints", &T::constraints, "Constraints checked in this phase"),
                      field("checks", &T::checks, "Checks that run in this phase"),
                      field("nodeSelection", &T::node_selection, "Nodes the checks run on"),
                      field("infrastructure", &T::infrastructure, "Infrastructure the checks need")};
  }
};

template <>
struct Fields<model::Validation> {
  static constexpr std::string_view kTitle = "Validation";
  static constexpr auto table() {
    using T = model::Validation;
    return std::tuple{field("readiness", &T::readiness, "Before anything is installed"),
                      field("deployment", &T::deployment, "Once the components are installed"),
                      field("performance", &T::performance, "Measured against expectations"),
                      field("conformance", &T::conformance, "Against the platform's requirements")};
  }
};

template <>
struct Fields<model::Criteria> {
  static constexpr std::string_view kTitle = "Criteria";
  static constexpr auto table() {
    using T = model::Criteria;
    return std::tuple{field("service", &T::service, "Kubernetes service: eks, gke, aks, oke, kind, any"),
                      field("accelerator", &T::accelerator, "GPU family: h100, gb200, ..., any"),
                      field("intent", &T::intent, "training, inference, any"),
                      field("os", &T::os, "Node operating system: ubuntu, rhel, cos, amazonlinux, any"),
                      field("platform", &T::platform, "dynamo, kubeflow, any"),
                      field("nodes", &T::nodes, "Number of GPU nodes; 0 means any")};
  }
};

template <>
struct Fields<model::OverlayMetadata> {
  static constexpr std::string_view kTitle = "OverlayMetadata";
  static constexpr auto table() {
    using T = model::OverlayMetadata;
    return std::tuple{
        field("name", &T::name, "Name of the overlay", kRequired | kAlways),
        field("replaces", &T::replaces, "Takes the place of an overlay of this name in a lower layer")};
  }
};

template <>
struct Fields<model::OverlaySpec> {
  static constexpr std::string_view kTitle = "OverlaySpec";
  static constexpr auto table() {
    using T = model::OverlaySpec;
    return std::tuple{field("base", &T::base, "Parent overlay; none or 'base' is the root"),
                      field("criteria", &T::criteria, "When it applies; left out: only as a parent"),
                      field("constraints", &T::constraints, "What it asks of the cluster"),
                      field("componentRefs", &T::component_refs, "Components it adds or changes"),
                      field("validation", &T::validation, "Checks per phase")};
  }
};

template <>
struct Fields<model::Overlay> {
  static constexpr std::string_view kTitle = "RecipeMetadata";
  static constexpr auto table() {
    using T = model::Overlay;
    return std::tuple{field("kind", &T::kind, "RecipeMetadata", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("metadata", &T::metadata, "Name", kRequired | kAlways),
                      field("spec", &T::spec, "Content", kRequired | kAlways)};
  }
};

template <>
struct Fields<model::CriteriaMetadata> {
  static constexpr std::string_view kTitle = "CriteriaMetadata";
  static constexpr auto table() {
    return std::tuple{field("name", &model::CriteriaMetadata::name, "A name for people")};
  }
};

template <>
struct Fields<model::CriteriaDocument> {
  static constexpr std::string_view kTitle = "RecipeCriteria";
  static constexpr auto table() {
    using T = model::CriteriaDocument;
    return std::tuple{field("kind", &T::kind, "RecipeCriteria", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("metadata", &T::metadata, "Name"),
                      field("spec", &T::spec, "What is asked", kRequired | kAlways)};
  }
};

template <>
struct Fields<model::ConstraintWarning> {
  static constexpr std::string_view kTitle = "ConstraintWarning";
  static constexpr auto table() {
    using T = model::ConstraintWarning;
    return std::tuple{field("overlay", &T::overlay, "The overlay left out", kAlways),
                      field("constraint", &T::constraint, "The constraint that did not hold", kAlways),
                      field("expected", &T::expected, "What it asks", kAlways),
                      field("actual", &T::actual, "What the snapshot says"),
                      field("reason", &T::reason, "Why that is not enough", kAlways)};
  }
};

template <>
struct Fields<model::UnusedCriterion> {
  static constexpr std::string_view kTitle = "UnusedCriterion";
  static constexpr auto table() {
    using T = model::UnusedCriterion;
    return std::tuple{
        field("dimension", &T::dimension, "service, accelerator, intent, os, platform or nodes", kAlways),
        field("value", &T::value, "What was stated", kAlways),
        field("nearest", &T::nearest, "Complete combinations of the catalog, nearest first")};
  }
};

template <>
struct Fields<model::DetectedValue> {
  static constexpr std::string_view kTitle = "DetectedValue";
  static constexpr auto table() {
    using T = model::DetectedValue;
    return std::tuple{field("dimension", &T::dimension, "service, accelerator, os or nodes", kAlways),
                      field("value", &T::value, "What it means; left out: nothing the catalog knows"),
                      field("reading", &T::reading, "The reading that shows it", kAlways),
                      field("actual", &T::actual, "What the reading says", kAlways)};
  }
};

template <>
struct Fields<model::CatalogLayer> {
  static constexpr std::string_view kTitle = "CatalogLayer";
  static constexpr auto table() {
    using T = model::CatalogLayer;
    return std::tuple{field("name", &T::name, "embedded, or the directory as it was given", kAlways),
                      field("digest", &T::digest, "SHA-256 of the layer's files", kAlways)};
  }
};

template <>
struct Fields<model::CatalogIdentity> {
  static constexpr std::string_view kTitle = "CatalogIdentity";
  static constexpr auto table() {
    using T = model::CatalogIdentity;
    return std::tuple{
        field("digest", &T::digest, "SHA-256 of everything that was loaded"),
        field("layers", &T::layers, "The layers, lowest first"),
        field("components", &T::components, "Component to digest of what its bundle is made from")};
  }
};

template <>
struct Fields<model::LockedChart> {
  static constexpr std::string_view kTitle = "LockedChart";
  static constexpr auto table() {
    using T = model::LockedChart;
    return std::tuple{field("version", &T::version, "Chart version it is the digest of", kRequired | kAlways),
                      field("digest", &T::digest, "SHA-256 of the chart archive", kRequired | kAlways)};
  }
};

template <>
struct Fields<model::RecipeResultMetadata> {
  static constexpr std::string_view kTitle = "RecipeResultMetadata";
  static constexpr auto table() {
    using T = model::RecipeResultMetadata;
    return std::tuple{
        field("version", &T::version, "Version of the tool that resolved it"),
        field("catalog", &T::catalog, "What it was resolved from"),
        field("appliedOverlays", &T::applied_overlays, "Overlays in the order applied"),
        field("excludedOverlays", &T::excluded_overlays, "Overlays a snapshot kept out"),
        field("constraintWarnings", &T::constraint_warnings, "Why they were kept out"),
        field("unusedCriteria", &T::unused_criteria, "Stated dimensions that no applied overlay asked for"),
        field("detected", &T::detected, "What the snapshot showed of the criteria, before flags"),
        field("charts", &T::charts, "Component to what its chart was when the recipe was locked")};
  }
};

template <>
struct Fields<model::RecipeResult> {
  static constexpr std::string_view kTitle = "RecipeResult";
  static constexpr auto table() {
    using T = model::RecipeResult;
    return std::tuple{
        field("kind", &T::kind, "RecipeResult", kAlways),
        field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
        field("metadata", &T::metadata, "Where it came from", kAlways),
        field("criteria", &T::criteria, "What was asked"),
        field("constraints", &T::constraints, "What it asks of the cluster"),
        field("componentRefs", &T::component_refs, "Components, sorted by name", kRequired | kAlways),
        field("deploymentOrder", &T::deployment_order, "Components in the order to install"),
        field("validation", &T::validation, "Checks per phase"),
        field("measurements", &T::measurements,
              "Recommended settings as a snapshot shows them (recipe --settings)"),
        field("context", &T::context, "What the parts are, for people (recipe --context); nothing reads it")};
  }
};

}  // namespace eidos::data
