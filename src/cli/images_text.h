#pragma once
// A list of images in the forms that mirroring tools read.

#include <string>

#include "bundle/images.h"
#include "data/value.h"

namespace eidos::cli {

/// {complete, images[], charts[], missing[]}
data::Value image_document(const bundle::ImageList& list);
/// One reference a line.
std::string image_lines(const bundle::ImageList& list);
/// One line per component and container; with `why` also where each fact was read and what set it.
std::string image_table(const bundle::ImageList& list, bool why, bool color);
/// The source file of `skopeo sync --src yaml`.
std::string skopeo_yaml(const bundle::ImageList& list);
/// Images and Charts for `hauler store sync`.
std::string hauler_yaml(const bundle::ImageList& list);
/// zarf.yaml: one component with the charts' names and all images.
std::string zarf_yaml(const bundle::ImageList& list);

}  // namespace eidos::cli
