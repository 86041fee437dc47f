#pragma once
// A catalog as Markdown: an index, a page per overlay, a page per component. Same catalog, same bytes.

#include "base/file_tree.h"
#include "catalog/catalog.h"

namespace eidos::cli {

/// README.md, overlays/NAME.md, components/NAME.md and checksums.txt. Invalid: a combination that does not
/// resolve, a name that is no file name.
Result<FileTree> catalog_pages(const catalog::Catalog& catalog);

}  // namespace eidos::cli
