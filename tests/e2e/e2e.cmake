# The built binary as a user runs it: exit code, standard output, standard error, files. Each file is a Python
# unittest; support.py has what they share.
if(BUILD_TESTING)
  foreach(name watch diff bad_input bundle seal remote_input documents identity sockets signals completion layers catalog systemd budgets environments fleet)
    eidos_script_test(e2e_${name} LABEL e2e COMMAND tests/e2e/${name}.py $<TARGET_FILE:eidos> TIMEOUT 600)
  endforeach()
  eidos_script_test(e2e_recommend LABEL e2e COMMAND tests/e2e/recommend.py $<TARGET_FILE:eidos> TIMEOUT 600)
  eidos_script_test(e2e_agent LABEL e2e COMMAND tests/e2e/agent.py $<TARGET_FILE:eidos>)
  eidos_script_test(e2e_operations LABEL e2e COMMAND tests/e2e/operations.py $<TARGET_FILE:eidos> TIMEOUT 600)
  eidos_script_test(e2e_embed LABEL e2e COMMAND tests/e2e/embed.py $<TARGET_FILE:eidos> TIMEOUT 900)
  eidos_script_test(e2e_deploy_scripts LABEL e2e COMMAND tests/e2e/deploy_scripts.py $<TARGET_FILE:eidos> TIMEOUT 1200)
  foreach(name client clock eidosd eidosd_abuse traces replicas)
    eidos_script_test(e2e_${name} LABEL e2e COMMAND tests/e2e/${name}.py $<TARGET_FILE:eidos> $<TARGET_FILE:eidosd> TIMEOUT 600)
  endforeach()
  eidos_script_test(api_transcripts LABEL e2e COMMAND tools/api-transcripts --check $<TARGET_FILE:eidosd> TIMEOUT 120)
  eidos_test_library(nvml_stand_in SOURCES tests/support/nvml_stand_in.cc)
  eidos_test_library(nvml_stand_in_old SOURCES tests/support/nvml_stand_in.cc DEFINES EIDOS_OLD_NVML)
  eidos_script_test(e2e_gpu LABEL e2e COMMAND tests/e2e/gpu.py $<TARGET_FILE:eidos>
                    $<TARGET_FILE:nvml_stand_in> $<TARGET_FILE:nvml_stand_in_old> TIMEOUT 600)
  # The engine against a slow one of its own, on random catalogs.
  eidos_script_test(reference LABEL e2e COMMAND tests/reference/recipes.py $<TARGET_FILE:eidos> TIMEOUT 900)
endif()
