# Turns catalog/ into bytes inside the binary: tools/embed_catalog.cc reads and checks it as `--catalog`
# would and writes the compact form, an assembler file takes that in. A catalog with a fault fails the build.
# Gives the library eidos_embedded_catalog (DEPS embedded_catalog), which defines embedded_catalog().
function(eidos_embed_catalog)
  add_executable(embed_catalog tools/embed_catalog.cc)
  target_link_libraries(embed_catalog PRIVATE eidos_flags)
  eidos_use(embed_catalog "tool embed_catalog" PRIVATE "catalog" PRIVATE "")
  set(blob "${PROJECT_BINARY_DIR}/embedded/catalog.bin")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/catalog/*")
  add_custom_command(OUTPUT "${blob}" DEPENDS embed_catalog ${files}
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${PROJECT_BINARY_DIR}/embedded"
    COMMAND embed_catalog "${PROJECT_SOURCE_DIR}/catalog" "${blob}"
    COMMENT "Embedding catalog/" VERBATIM)
  add_library(eidos_embedded_catalog STATIC cmake/embedded_catalog.S cmake/embedded_catalog.cc)
  set_source_files_properties(cmake/embedded_catalog.S PROPERTIES OBJECT_DEPENDS "${blob}"
    COMPILE_OPTIONS "-I${PROJECT_BINARY_DIR}/embedded")
  target_link_libraries(eidos_embedded_catalog PRIVATE "$<BUILD_INTERFACE:eidos_flags>" PUBLIC eidos_catalog)
  set_target_properties(eidos_embedded_catalog PROPERTIES EXPORT_NAME embedded_catalog EIDOS_DEPS catalog)
endfunction()
