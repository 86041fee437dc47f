# Every third-party library, one line each: how a room names it (LIBS yaml), what it is found by,
# and which Debian package brings it. Archives (.a) only: what is linked is inside the binary, in
# every preset. A header-only library is a header that must exist.
#
#   name       header to find             archives                   package
set(EIDOS_THIRD_PARTY
  "yaml      | yaml.h                   | yaml                    | libyaml-dev"
  "ssl       | openssl/ssl.h            | ssl crypto              | libssl-dev"
  "zlib      | zlib.h                   | z                       | zlib1g-dev"
  "tomlplusplus | toml++/toml.h         |                         | libtomlplusplus-dev"
  "pugixml   | pugixml.hpp              | pugixml                 | libpugixml-dev"
  "rapidjson | rapidjson/reader.h       |                         | rapidjson-dev"
  "systemd   | systemd/sd-bus.h         |                         | libsystemd-dev"
  "mustache  | kainjow/mustache.hpp     |                         | libkainjow-mustache-dev"
  "boost     | boost/beast/src.hpp      |                         | libboost1.81-dev"
)

# The switches that decide a header-only library's shape hold for the whole program: two objects
# compiled with different ones would not be the same program. (fmt and spdlog are not used today; whoever
# brings one in gets the shape the architecture asks for.)
add_compile_definitions(
  FMT_HEADER_ONLY SPDLOG_FMT_EXTERNAL
  RAPIDJSON_HAS_STDSTRING=1
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ALL_NO_LIB)

function(eidos_third_party name header archives package)
  find_path(EIDOS_HEADER_${name} NAMES ${header})
  mark_as_advanced(EIDOS_HEADER_${name})
  if(NOT EIDOS_HEADER_${name})
    message(FATAL_ERROR "<${header}> is missing; install ${package} (make setup)")
  endif()
  # Imported, so that an installed package names it and finds it where it is used (cmake/eidosConfig.cmake.in).
  add_library(eidos::${name} INTERFACE IMPORTED GLOBAL)
  set_property(GLOBAL PROPERTY EIDOS_ARCHIVES_${name} "${archives}")
  set_property(GLOBAL PROPERTY EIDOS_PACKAGE_${name} "${package}")
  foreach(archive IN LISTS archives)
    find_library(EIDOS_ARCHIVE_${archive} NAMES lib${archive}.a)
    mark_as_advanced(EIDOS_ARCHIVE_${archive})
    if(NOT EIDOS_ARCHIVE_${archive})
      message(FATAL_ERROR "lib${archive}.a is missing; install ${package} (make setup)")
    endif()
    target_link_libraries(eidos::${name} INTERFACE "${EIDOS_ARCHIVE_${archive}}")
  endforeach()
endfunction()

foreach(row IN LISTS EIDOS_THIRD_PARTY)
  string(REPLACE "|" ";" row "${row}")
  list(TRANSFORM row STRIP)
  list(GET row 0 name)
  list(GET row 1 header)
  list(GET row 2 archives)
  list(GET row 3 package)
  separate_arguments(archives)
  eidos_third_party("${name}" "${header}" "${archives}" "${package}")
  list(APPEND EIDOS_LIBRARIES ${name})
endforeach()

# Boost comes as headers. What of Asio and Beast is not a template is compiled once, here, instead of
# in every file that includes them; a file for each, so that a program takes only what it calls.
find_package(Threads REQUIRED)
add_library(eidos_boost STATIC EXCLUDE_FROM_ALL
  cmake/third_party/boost_asio.cc cmake/third_party/boost_asio_ssl.cc cmake/third_party/boost_beast.cc)
target_link_libraries(eidos_boost PRIVATE "$<BUILD_INTERFACE:eidos_hardening>")
set_target_properties(eidos_boost PROPERTIES EXPORT_NAME boost_objects)
target_link_libraries(eidos::boost INTERFACE eidos_boost Threads::Threads)

# Keeps a release binary loadable on glibc 2.34; never optimised across, its callers are archives.
add_library(eidos_glibc_compat OBJECT EXCLUDE_FROM_ALL cmake/third_party/glibc_2_34.cc)
target_link_libraries(eidos_glibc_compat PRIVATE eidos_flags)
set_target_properties(eidos_glibc_compat PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
