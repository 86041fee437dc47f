# How a room and a program are declared; tests, fuzz targets and benchmarks stand in
# EidosTest.cmake. Nothing else in the tree calls add_library or add_executable for code of ours.

# eidos_module(<name> SOURCES a.cc ... TESTS a_test.cc ... DEPS other ... LIBS yaml ...)
#
# One folder under src/, one static library, one test binary. DEPS names the only rooms whose
# headers this one may include (tools/check-includes holds it to that); a room must be declared
# above the ones that use it, which makes a cycle impossible. LIBS names third-party libraries of
# cmake/ThirdParty.cmake; they stay private to the room and its tests.
function(eidos_module name)
  cmake_parse_arguments(M "" "" "SOURCES;TESTS;DEPS;LIBS" ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "room ${name}: unexpected '${M_UNPARSED_ARGUMENTS}'")
  endif()
  list(TRANSFORM M_SOURCES PREPEND "src/${name}/")
  list(TRANSFORM M_TESTS PREPEND "src/${name}/")
  add_library(eidos_${name} STATIC ${M_SOURCES})
  target_include_directories(eidos_${name} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>")
  target_link_libraries(eidos_${name} PRIVATE "$<BUILD_INTERFACE:eidos_flags>")
  target_compile_features(eidos_${name} PUBLIC cxx_std_23)
  eidos_use(eidos_${name} "room ${name}" PUBLIC "${M_DEPS}" PRIVATE "${M_LIBS}")
  set_target_properties(eidos_${name} PROPERTIES EXPORT_NAME ${name} EIDOS_ROOM ${name}
    EIDOS_DEPS "${M_DEPS}" EIDOS_LIBS "${M_LIBS}")
  if(BUILD_TESTING AND M_TESTS)
    eidos_test(${name} LABEL unit SOURCES ${M_TESTS} DEPS ${name} LIBS ${M_LIBS})
  endif()
endfunction()

# eidos_program(<name> SOURCES src/<name>.cc DEPS room ... LIBS ...)
#
# A program people install: a release build of it runs on every glibc from 2.34 on.
function(eidos_program name)
  cmake_parse_arguments(P "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  add_executable(${name} ${P_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${name} PRIVATE eidos_flags)
  eidos_use(${name} "program ${name}" PRIVATE "${P_DEPS}" PRIVATE "${P_LIBS}")
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_link_libraries(${name} PRIVATE eidos_glibc_compat)
  endif()
endfunction()

# Links rooms and third-party libraries to a target, and says in plain words what is missing.
function(eidos_use target who room_scope rooms lib_scope libs)
  foreach(room IN LISTS rooms)
    if(NOT TARGET eidos_${room})
      message(FATAL_ERROR "${who} depends on room ${room}, which is not declared above it (ARCHITECTURE.md)")
    endif()
    target_link_libraries(${target} ${room_scope} eidos_${room})
  endforeach()
  foreach(lib IN LISTS libs)
    if(NOT TARGET eidos::${lib})
      message(FATAL_ERROR "${who} wants library ${lib}; cmake/ThirdParty.cmake has: ${EIDOS_LIBRARIES}")
    endif()
    target_link_libraries(${target} ${lib_scope} eidos::${lib})
  endforeach()
endfunction()
