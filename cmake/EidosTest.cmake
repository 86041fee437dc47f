# How a test, a fuzz target and a benchmark are declared.

# eidos_test(<name> LABEL unit|golden|corpus|e2e|peers|fuzz SOURCES ... DEPS room ... LIBS ...
#            [TIMEOUT seconds] [PROGRAMS target ...])
#
# A GoogleTest binary <name>_test, run by ctest as one test called <name>. Its cases are counted
# from the report it leaves in build/<preset>/test-results/<name>.xml (tools/run-tests). SOURCES
# are relative to the project. PROGRAMS are built before it and passed as EIDOS_PROGRAM_<TARGET>.
function(eidos_test name)
  cmake_parse_arguments(T "" "LABEL;TIMEOUT" "SOURCES;DEPS;LIBS;PROGRAMS" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_executable(${name}_test ${T_SOURCES})
  target_include_directories(${name}_test PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${name}_test PRIVATE eidos_flags GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE EIDOS_TEST_DATA="${PROJECT_SOURCE_DIR}/tests"
    EIDOS_CORPUS="${PROJECT_SOURCE_DIR}/../shared/corpus")
  eidos_use(${name}_test "test ${name}" PRIVATE "${T_DEPS}" PRIVATE "${T_LIBS}")
  foreach(program IN LISTS T_PROGRAMS)
    string(TOUPPER "${program}" upper)
    string(MAKE_C_IDENTIFIER "${upper}" upper)
    add_dependencies(${name}_test ${program})
    target_compile_definitions(${name}_test PRIVATE EIDOS_PROGRAM_${upper}="$<TARGET_FILE:${program}>")
  endforeach()
  add_test(NAME ${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    COMMAND ${name}_test "--gtest_output=xml:${PROJECT_BINARY_DIR}/test-results/${name}.xml")
  eidos_test_properties(${name} "${T_LABEL}" "${T_TIMEOUT}")
endfunction()

# eidos_test_program(<name> SOURCES ... DEPS room ... LIBS ...)
#
# A program that only tests run: the stand-in or counterpart that a script test talks to.
function(eidos_test_program name)
  cmake_parse_arguments(P "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_executable(${name} ${P_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${name} PRIVATE eidos_flags)
  eidos_use(${name} "test program ${name}" PRIVATE "${P_DEPS}" PRIVATE "${P_LIBS}")
endfunction()

# eidos_script_test(<name> LABEL e2e|peers|... COMMAND program args ... [TIMEOUT seconds])
#
# A test that is a program of its own. Exit 77 means skipped, its last output line being the
# reason. It counts as one test, unless it writes a JUnit report to the file $EIDOS_TEST_REPORT.
function(eidos_script_test name)
  cmake_parse_arguments(T "" "LABEL;TIMEOUT" "COMMAND" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${T_COMMAND} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  eidos_test_properties(${name} "${T_LABEL}" "${T_TIMEOUT}")
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "EIDOS_BUILD=${PROJECT_BINARY_DIR}"
    "EIDOS_TEST_REPORT=${PROJECT_BINARY_DIR}/test-results/${name}.xml")
  set_property(TEST ${name} PROPERTY SKIP_RETURN_CODE 77)
endfunction()

set(EIDOS_TEST_LABELS unit golden corpus e2e peers cluster browser fuzz)
function(eidos_test_properties name label timeout)
  if(NOT label IN_LIST EIDOS_TEST_LABELS)
    message(FATAL_ERROR "test ${name}: LABEL '${label}' is none of ${EIDOS_TEST_LABELS}")
  endif()
  if(NOT timeout)
    set(timeout 300)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout})
endfunction()

# eidos_fuzz(<name> DEPS room ... LIBS ...)
#
# fuzz/<name>.cc defines LLVMFuzzerTestOneInput; its corpus is fuzz/corpus/<name>/. Under the fuzz
# preset it becomes <name>_fuzz, a libFuzzer program of the target fuzz_targets (tools/fuzz runs them). Everywhere else it is
# linked with fuzz/replay.cc and runs each corpus file once as an ordinary test. Every target uses
# data (fuzz/properties.h).
function(eidos_fuzz name)
  cmake_parse_arguments(F "" "" "DEPS;LIBS" ${ARGN})
  if(EIDOS_FUZZ)
    add_executable(${name}_fuzz fuzz/${name}.cc fuzz/properties.cc)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    if(NOT TARGET fuzz_targets)
      add_custom_target(fuzz_targets)
    endif()
    add_dependencies(fuzz_targets ${name}_fuzz)
  elseif(BUILD_TESTING)
    add_executable(${name}_fuzz fuzz/${name}.cc fuzz/properties.cc fuzz/replay.cc)
    add_test(NAME fuzz_${name} COMMAND ${name}_fuzz "${PROJECT_SOURCE_DIR}/fuzz/corpus/${name}")
    eidos_test_properties(fuzz_${name} fuzz "")
  else()
    return()
  endif()
  target_include_directories(${name}_fuzz PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name}_fuzz PRIVATE eidos_flags)
  eidos_use(${name}_fuzz "fuzz target ${name}" PRIVATE "${F_DEPS}" PRIVATE "${F_LIBS}")
endfunction()

# eidos_bench(<name> DEPS room ... LIBS ...)
#
# bench/<name>.cc, Google Benchmark; built by the target `benchmarks` only (make bench), never by all.
function(eidos_bench name)
  find_package(benchmark REQUIRED)
  eidos_bench_program(${name}_bench SOURCES bench/${name}.cc ${ARGN})
  target_link_libraries(${name}_bench PRIVATE benchmark::benchmark benchmark::benchmark_main)
endfunction()

# eidos_bench_program(<name> SOURCES ... DEPS room ... LIBS ...)
#
# A program that measures, without Google Benchmark; built like the others.
function(eidos_bench_program name)
  cmake_parse_arguments(B "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  if(NOT TARGET benchmarks)
    add_custom_target(benchmarks)
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${B_SOURCES})
  add_dependencies(benchmarks ${name})
  target_link_libraries(${name} PRIVATE eidos_flags)
  eidos_use(${name} "benchmark ${name}" PRIVATE "${B_DEPS}" PRIVATE "${B_LIBS}")
endfunction()

# eidos_test_library(<name> SOURCES ... DEFINES ...)
#
# A shared library that tests let programs open at run time, in the place of one that the machine lacks.
function(eidos_test_library name)
  cmake_parse_arguments(L "" "" "SOURCES;DEFINES" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_library(${name} MODULE ${L_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(${name} PRIVATE ${L_DEFINES})
  # Not what executables are built with: it defines what other people declare, and is no executable.
  set_target_properties(${name} PROPERTIES PREFIX "" LINK_OPTIONS ""
    COMPILE_OPTIONS "-fPIC;-Wall;-Wextra;-Werror")
endfunction()
