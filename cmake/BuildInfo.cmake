# Who this build is: version, commit, date. Included by the root file it declares eidos::build_info
# (LIBS build_info); run as a script (cmake -P) on every build it rewrites the one generated source
# file when the answer changed, so that a commit recompiles that file and nothing else.
#
# commit: the full hash, "+dirty" behind it when a tracked file differs from it, "unknown" without git.
# date:   SOURCE_DATE_EPOCH when set, else the commit's; never the clock. ISO 8601, UTC.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(generated "${PROJECT_BINARY_DIR}/generated/build_info.cc")
  add_custom_target(eidos_build_info_source BYPRODUCTS "${generated}"
    COMMAND ${CMAKE_COMMAND} -D "SOURCE=${PROJECT_SOURCE_DIR}" -D "OUTPUT=${generated}"
      -D "VERSION=${PROJECT_VERSION}" -P "${CMAKE_CURRENT_LIST_FILE}"
    COMMENT "Reading the commit" VERBATIM)
  add_library(eidos_build_info STATIC EXCLUDE_FROM_ALL "${generated}")
  add_dependencies(eidos_build_info eidos_build_info_source)
  target_include_directories(eidos_build_info PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(eidos_build_info PRIVATE "$<BUILD_INTERFACE:eidos_flags>")
  set_target_properties(eidos_build_info PROPERTIES EXPORT_NAME build_info)
  add_library(eidos::build_info ALIAS eidos_build_info)
  return()
endif()

function(git result)
  execute_process(COMMAND git -C "${SOURCE}" ${ARGN} OUTPUT_VARIABLE text ERROR_QUIET
    OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    set(text "")
  endif()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

git(commit rev-parse HEAD)
git(changes status --porcelain --untracked-files=no)
git(epoch log -1 --format=%ct)
if(commit STREQUAL "")
  set(commit "unknown")
elseif(NOT changes STREQUAL "")
  string(APPEND commit "+dirty")
endif()

if(NOT "$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
  set(epoch "$ENV{SOURCE_DATE_EPOCH}")
endif()
set(date "unknown")
if(epoch MATCHES "^[0-9]+$")
  set(ENV{SOURCE_DATE_EPOCH} "${epoch}")  # string(TIMESTAMP) reads it in place of the clock
  string(TIMESTAMP date "%Y-%m-%dT%H:%M:%SZ" UTC)
endif()

set(text "// Written by cmake/BuildInfo.cmake.
#include \"base/build_info.h\"

namespace eidos {

BuildInfo build_info() { return {\"${VERSION}\", \"${commit}\", \"${date}\"}; }

}  // namespace eidos
")
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "${text}" @ONLY)
