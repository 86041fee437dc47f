#pragma once
// Which build this is. Filled in by cmake/BuildInfo.cmake from git and SOURCE_DATE_EPOCH; a room that
// calls it says LIBS build_info. Only what shows the version to people or writes it into a document
// asks; a stage gets the version handed in, so that its output depends on its input alone.

#include <string_view>

namespace eidos {

struct BuildInfo {
  std::string_view version;  ///< SemVer, no leading v: "0.1.0".
  std::string_view commit;   ///< Full hash, "+dirty" appended for a changed tree; "unknown" without git.
  std::string_view date;     ///< "2026-01-31T12:00:00Z": SOURCE_DATE_EPOCH, else the commit's; or "unknown".
};

BuildInfo build_info();

}  // namespace eidos
