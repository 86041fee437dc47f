# What programs of others may link: headers, archives and a CMake package, of a build of any preset.

# eidos_library(room ...)
#
# Installs (component `library`) the named rooms and the rooms they need: lib/libeidos_<room>.a, the headers
# below include/eidos/, and lib/cmake/eidos/eidosConfig.cmake, which gives eidos::<room> and finds the
# third-party archives on the machine that links. The package can be moved. examples/embed/ uses it.
#
# The catalog that is inside the binary is an archive of its own, eidos::embedded_catalog: its bytes are in an
# object made by the assembler (cmake/embedded_catalog.S), so that nothing has to be found at run time.
# Objects are made for programs (-fPIE), not for shared libraries. Built by GCC 12 against its libstdc++;
# a compiler that uses an older one cannot read the headers (std::expected).
function(eidos_library)
  set(rooms ${ARGN})
  set(libs "")
  set(targets "")
  set(seen "")
  while(rooms)
    list(POP_FRONT rooms room)
    if(room IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${room})
    if(NOT TARGET eidos_${room})
      message(FATAL_ERROR "the library names room ${room}, which is not declared")
    endif()
    list(APPEND targets eidos_${room})
    get_target_property(deps eidos_${room} EIDOS_DEPS)
    get_target_property(room_libs eidos_${room} EIDOS_LIBS)
    if(deps)
      list(APPEND rooms ${deps})
    endif()
    if(room_libs)
      list(APPEND libs ${room_libs})
    endif()
    if(EXISTS "${PROJECT_SOURCE_DIR}/src/${room}")
      install(DIRECTORY "${PROJECT_SOURCE_DIR}/src/${room}" DESTINATION include/eidos COMPONENT library
        EXCLUDE_FROM_ALL FILES_MATCHING PATTERN "*.h" PATTERN "scripts" EXCLUDE)
    endif()
  endwhile()
  list(REMOVE_DUPLICATES libs)
  list(SORT libs)
  foreach(lib IN ITEMS boost build_info)  # archives of our own making that rooms name under LIBS
    if(lib IN_LIST libs)
      list(APPEND targets eidos_${lib})
    endif()
  endforeach()
  install(TARGETS ${targets} EXPORT eidos ARCHIVE DESTINATION lib COMPONENT library EXCLUDE_FROM_ALL
    INCLUDES DESTINATION include/eidos)
  install(EXPORT eidos FILE eidosTargets.cmake NAMESPACE eidos:: DESTINATION lib/cmake/eidos COMPONENT library
    EXCLUDE_FROM_ALL)
  eidos_package_files("${libs}")
  add_custom_target(eidos_library)  # what has to be built before it can be installed
  add_dependencies(eidos_library ${targets})
endfunction()

# eidosConfig.cmake with a line per third-party library, and its version file.
function(eidos_package_files libs)
  set(EIDOS_FINDS "")
  foreach(lib IN LISTS libs)
    if(lib STREQUAL "build_info")
      continue()
    endif()
    get_property(archives GLOBAL PROPERTY EIDOS_ARCHIVES_${lib})
    get_property(package GLOBAL PROPERTY EIDOS_PACKAGE_${lib})
    string(APPEND EIDOS_FINDS "eidos_find_archives(${lib} \"${package}\" ${archives})\n")
  endforeach()
  if("boost" IN_LIST libs)
    string(APPEND EIDOS_FINDS "find_dependency(Threads)\n"
      "target_link_libraries(eidos::boost INTERFACE eidos::boost_objects Threads::Threads)\n")
  endif()
  set(made "${PROJECT_BINARY_DIR}/package")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/eidosConfig.cmake.in" "${made}/eidosConfig.cmake" @ONLY)
  include(CMakePackageConfigHelpers)
  # 0.x promises nothing from one minor version to the next.
  write_basic_package_version_file("${made}/eidosConfigVersion.cmake" VERSION ${PROJECT_VERSION}
    COMPATIBILITY SameMinorVersion)
  install(FILES "${made}/eidosConfig.cmake" "${made}/eidosConfigVersion.cmake" DESTINATION lib/cmake/eidos
    COMPONENT library EXCLUDE_FROM_ALL)
endfunction()
