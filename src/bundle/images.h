#pragma once
// Which container images and charts a recipe brings, from recorded facts (docs/formats/images.md).

#include <string>
#include <vector>

#include "bundle/bundle.h"
#include "model/images.h"

namespace eidos::bundle {

struct ImageRow {
  std::string reference;  ///< As a node pulls it: "nvcr.io/nvidia/driver:580.105.08-ubuntu24.04".
  std::string component;
  std::string name;               ///< The container, or what it is for.
  std::string by;                 ///< chart, operator, manifest
  std::vector<std::string> set;   ///< Value paths that decided a part of it.
  std::vector<std::string> from;  ///< "repository tag path" of each source.
};

struct ChartRow {
  std::string component;
  std::string name;
  std::string repository;  ///< https://… or oci://…
  std::string version;
  std::string name_space;
};

/// Something that is pulled and is not in the list.
struct ImageGap {
  std::string component;
  std::string what;
  std::string why;
};

struct ImageList {
  std::string stack;             ///< stack_name()
  std::vector<ImageRow> images;  ///< By reference, then component and name.
  std::vector<ChartRow> charts;  ///< In deployment order.
  std::vector<ImageGap> gaps;    ///< Empty: the list is complete.

  /// Each once, sorted.
  std::vector<std::string> references() const;
};

/// The images of the components that `options` leave in, at the values they get. `node_os` is ID and
/// VERSION_ID of the nodes' os-release written together ("ubuntu24.04"); "" takes what the recipe's
/// constraints ask for, and an image that needs it and finds none is a gap. A component without facts for its
/// version is a gap. Invalid: facts that cannot be read, and whatever prepare() refuses.
Result<ImageList> list_images(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                              const Options& options, std::string_view node_os,
                              std::vector<std::string>& warnings);

}  // namespace eidos::bundle
