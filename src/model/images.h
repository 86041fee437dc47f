#pragma once
// Container images of a component, as recorded facts: kind ComponentImages, docs/formats/images.md.

#include <optional>
#include <string>
#include <vector>

#include "data/fields.h"

namespace eidos::model {

struct ImageSource {
  std::string name;
  std::string repository;  ///< "" for a file of the catalog.
  std::string tag;
  std::string commit;
  std::string path;
  std::string read_from;
};

/// Holds while the value at `path`, or `fallback` where there is none, is (`is`) or is not true.
struct ImageCondition {
  std::string path;
  bool fallback = false;
  bool is = true;
};

/// Value paths that set a part; the first one that is set and not empty wins.
struct ImagePaths {
  std::vector<std::string> reference;
  std::vector<std::string> registry;
  std::vector<std::string> repository;
  std::vector<std::string> tag;
  std::vector<std::string> digest;
};

struct ImageFact {
  std::string name;
  std::string registry;
  std::string repository;
  std::string tag;
  std::string digest;
  std::string suffix;  ///< Behind the tag; "{os}" stands for the system of a node.
  std::string by;      ///< chart, operator, manifest
  std::vector<std::string> from;
  ImagePaths values;
  std::vector<ImageCondition> when;
};

struct MissingImage {
  std::string what;
  std::string why;
  std::vector<ImageCondition> when;
};

struct ImageRelease {
  std::string version;  ///< Chart version; "" for a component without a chart.
  bool complete = false;
  std::vector<ImageSource> sources;
  std::vector<ImageFact> images;
  std::vector<MissingImage> missing;
};

struct ComponentImages {
  std::string kind;
  std::string api_version;
  std::string component;
  std::vector<ImageRelease> releases;
};

}  // namespace eidos::model

namespace eidos::data {

template <>
struct Fields<model::ImageSource> {
  static constexpr std::string_view kTitle = "ImageSource";
  static constexpr auto table() {
    using T = model::ImageSource;
    return std::tuple{
        field("name", &T::name, "What `from` refers to", kRequired),
        field("repository", &T::repository, "Public repository; absent for a file of the catalog"),
        field("tag", &T::tag, "Tag that was read"),
        field("commit", &T::commit, "Commit the tag names"),
        field("path", &T::path, "File or directory", kRequired),
        field("readFrom", &T::read_from, "Copy of the repository that was read in its place")};
  }
};

template <>
struct Fields<model::ImageCondition> {
  static constexpr std::string_view kTitle = "ImageCondition";
  static constexpr auto table() {
    using T = model::ImageCondition;
    return std::tuple{field("path", &T::path, "Value path", kRequired),
                      field("default", &T::fallback, "The chart's answer where the values say nothing"),
                      field("is", &T::is, "false asks for the opposite")};
  }
};

template <>
struct Fields<model::ImagePaths> {
  static constexpr std::string_view kTitle = "ImagePaths";
  static constexpr auto table() {
    using T = model::ImagePaths;
    return std::tuple{field("reference", &T::reference, "Paths that set the whole reference"),
                      field("registry", &T::registry, "Paths that set the registry"),
                      field("repository", &T::repository, "Paths that set the repository"),
                      field("tag", &T::tag, "Paths that set the tag"),
                      field("digest", &T::digest, "Paths that set the digest")};
  }
};

template <>
struct Fields<model::ImageFact> {
  static constexpr std::string_view kTitle = "ImageFact";
  static constexpr auto table() {
    using T = model::ImageFact;
    return std::tuple{field("name", &T::name, "Container, or what the image is for", kRequired),
                      field("registry", &T::registry, "Registry by default"),
                      field("repository", &T::repository, "Repository by default"),
                      field("tag", &T::tag, "Tag by default"),
                      field("digest", &T::digest, "Digest by default: sha256:…"),
                      field("suffix", &T::suffix, "Put behind the tag; {os} is the system of a node"),
                      field("by", &T::by, "Who pulls it: chart, operator or manifest", kRequired),
                      field("from", &T::from, "Sources it was put together from"),
                      field("values", &T::values, "Value paths that set its parts"),
                      field("when", &T::when, "All must hold, else it is not pulled")};
  }
};

template <>
struct Fields<model::MissingImage> {
  static constexpr std::string_view kTitle = "MissingImage";
  static constexpr auto table() {
    using T = model::MissingImage;
    return std::tuple{field("what", &T::what, "What is pulled and could not be named", kRequired),
                      field("why", &T::why, "Why it could not", kRequired),
                      field("when", &T::when, "All must hold, else nothing is missing")};
  }
};

template <>
struct Fields<model::ImageRelease> {
  static constexpr std::string_view kTitle = "ImageRelease";
  static constexpr auto table() {
    using T = model::ImageRelease;
    return std::tuple{
        field("version", &T::version, "Chart version; absent for a component without a chart"),
        field("complete", &T::complete, "Whether nothing is missing, or only under a condition", kRequired),
        field("sources", &T::sources, "Where the facts were read"), field("images", &T::images, "The images"),
        field("missing", &T::missing, "What could not be named")};
  }
};

template <>
struct Fields<model::ComponentImages> {
  static constexpr std::string_view kTitle = "ComponentImages";
  static constexpr auto table() {
    using T = model::ComponentImages;
    return std::tuple{field("kind", &T::kind, "ComponentImages", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("component", &T::component, "Component, as the registry names it", kRequired),
                      field("releases", &T::releases, "Facts per chart version", kRequired)};
  }
};

}  // namespace eidos::data
