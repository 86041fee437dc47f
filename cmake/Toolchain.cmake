# Language level, helpers of the build (ccache, mold), and one INTERFACE target per concern:
#   eidos_flags     warnings; every target of ours links it
#   eidos_hardening what protects a running binary; goes to third-party sources we compile, too
# Third-party code compiled by us (cmake/third_party/) takes the second only.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Everything ends in an executable, so -fPIE does where CMake would say -fPIC for archives: the
# compiler may then inline across functions that no other library can replace.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
add_compile_options(-fPIE)
add_link_options(-pie)

set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
if(EIDOS_HEAP_PROFILE)
  string(APPEND CMAKE_CXX_FLAGS_RELEASE " -g1")  # the profile preset: names and lines for pprof
endif()

# No path of the building machine reaches an object file: same source, same bytes, any folder. The
# third line is for ccache, which hands the compiler paths relative to the build folder.
file(RELATIVE_PATH EIDOS_UP "${PROJECT_BINARY_DIR}" "${PROJECT_SOURCE_DIR}")
add_compile_options(
  "-ffile-prefix-map=${PROJECT_BINARY_DIR}=build"
  "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=."
  "-ffile-prefix-map=${EIDOS_UP}=./")

find_program(EIDOS_CCACHE ccache)
find_program(EIDOS_MOLD ld.mold)
mark_as_advanced(EIDOS_CCACHE EIDOS_MOLD)
if(EIDOS_CCACHE)
  # Objects are the same in any folder (above), so all build folders and clones share one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${EIDOS_CCACHE}")
endif()
if(EIDOS_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(EIDOS_LTO)
  include(CheckIPOSupported)
  check_ipo_supported(LANGUAGES CXX)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # the archives are installed: another compiler must be able to link them
    list(REMOVE_ITEM CMAKE_CXX_COMPILE_OPTIONS_IPO "-fno-fat-lto-objects")
    list(APPEND CMAKE_CXX_COMPILE_OPTIONS_IPO "-ffat-lto-objects")
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_link_options(-Wno-stringop-overflow)  # false positives on std::string at link time
  endif()
endif()

# ---- warnings --------------------------------------------------------------------------------
add_library(eidos_flags INTERFACE)
set(gnu "$<CXX_COMPILER_ID:GNU>")
target_compile_options(eidos_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wundef -Wswitch-enum
  -Wimplicit-fallthrough -Wextra-semi -Wunused-result -Wvla -Wdate-time
  $<${gnu}:-Wsuggest-override> $<${gnu}:-Wduplicated-cond> $<${gnu}:-Wduplicated-branches>
  $<${gnu}:-Wlogical-op>
  # GCC 12 sees overlaps in std::string that are not there (its bug 105651), and uninitialised halves
  # of std::expected that nobody reads.
  $<$<AND:${gnu},$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  $<$<AND:${gnu},$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-maybe-uninitialized>
  # libstdc++ 12's stable algorithms call a function that it calls deprecated itself.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  $<$<BOOL:${EIDOS_WERROR}>:-Werror> >)

# ---- hardening -------------------------------------------------------------------------------
add_library(eidos_hardening INTERFACE)
target_link_libraries(eidos_flags INTERFACE eidos_hardening)
target_compile_options(eidos_hardening INTERFACE
  -fstack-protector-strong -fstack-clash-protection
  -fno-omit-frame-pointer)  # the profiler walks frames, and so do people with perf
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(eidos_hardening INTERFACE -fcf-protection=full)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  target_compile_options(eidos_hardening INTERFACE -mbranch-protection=standard)
endif()
target_link_options(eidos_hardening INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
target_compile_definitions(eidos_hardening INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
if(NOT EIDOS_SANITIZE)  # the sanitizers bring their own checks of the same calls
  target_compile_options(eidos_hardening INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
endif()

# ---- sanitizers, coverage, fuzzing -----------------------------------------------------------
if(EIDOS_SANITIZE)
  target_compile_options(eidos_hardening INTERFACE -fsanitize=${EIDOS_SANITIZE} -fno-sanitize-recover=all
    $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/cmake/sanitize_ignore.txt>)
  target_link_options(eidos_hardening INTERFACE -fsanitize=${EIDOS_SANITIZE})
  if(EIDOS_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC warns that it does not see fences; Asio has them beside the mutexes that order its work.
    target_compile_options(eidos_hardening INTERFACE -Wno-tsan)
  endif()
endif()
if(EIDOS_COVERAGE)  # clang's source-based kind; tools/coverage reads it
  target_compile_options(eidos_hardening INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(eidos_hardening INTERFACE -fprofile-instr-generate)
endif()

# ---- release ---------------------------------------------------------------------------------
# Only glibc stays shared. Stripped at the link; sections nobody calls are dropped.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,-s)
endif()
