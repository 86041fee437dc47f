# Tests that hold us against other people's programs. Those come from Go modules (tests/peers/build), from PyPI
# (tests/peers/python) or from Debian (tools/setup).

if(BUILD_TESTING)
  eidos_test_program(yaml_peer SOURCES tests/peers/yaml_peer.cc DEPS data base)
  eidos_script_test(yaml_peers LABEL peers COMMAND tests/peers/yaml_peers $<TARGET_FILE:yaml_peer> TIMEOUT 600)
  eidos_test_program(helm_peer SOURCES tests/peers/helm_peer.cc DEPS bundle embedded_catalog recipe catalog model data base)
  eidos_script_test(helm_umbrella LABEL peers COMMAND tests/peers/helm_umbrella $<TARGET_FILE:helm_peer> TIMEOUT 900)
  eidos_script_test(deployers LABEL peers COMMAND tests/peers/deployers $<TARGET_FILE:eidos> TIMEOUT 1800)
  eidos_script_test(deploy_crds LABEL peers COMMAND tests/peers/deploy_crds $<TARGET_FILE:eidos> TIMEOUT 1800)
  eidos_test_program(archive_peer SOURCES tests/peers/archive_peer.cc DEPS seal data base)
  eidos_script_test(archive_peers LABEL peers COMMAND tests/peers/archive_peers $<TARGET_FILE:archive_peer> TIMEOUT 300)
  eidos_script_test(ci_examples LABEL peers COMMAND tests/peers/ci_examples TIMEOUT 300)
  eidos_script_test(schemas LABEL peers COMMAND tests/peers/schemas $<TARGET_FILE:eidos> TIMEOUT 600)
  eidos_test_program(profile_peer SOURCES tests/peers/profile_peer.cc DEPS base)
  eidos_script_test(cpu_profile LABEL peers COMMAND tests/peers/cpu_profile $<TARGET_FILE:eidos> $<TARGET_FILE:profile_peer> TIMEOUT 600)
  eidos_script_test(api_schemathesis LABEL peers COMMAND tests/peers/api_schemathesis $<TARGET_FILE:eidosd> TIMEOUT 600)
  eidos_script_test(prometheus LABEL peers COMMAND tests/peers/prometheus $<TARGET_FILE:eidos> TIMEOUT 300)
endif()
