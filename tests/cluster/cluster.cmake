# Tests on a real control plane (tests/cluster/cluster.py): `make test-cluster`. Skipped where it was not built.
eidos_test_program(cluster_client SOURCES tests/cluster/client_test.cc DEPS kube net model data base LIBS ssl)
if(BUILD_TESTING)
  target_link_libraries(cluster_client PRIVATE GTest::gmock GTest::gtest GTest::gtest_main)
  eidos_script_test(cluster_client LABEL cluster TIMEOUT 600
    COMMAND tests/cluster/cluster.py -- $<TARGET_FILE:cluster_client>)
  eidos_script_test(cluster_collect LABEL cluster TIMEOUT 900 COMMAND tests/cluster/collect.py $<TARGET_FILE:eidos>)
  eidos_script_test(cluster_agent LABEL cluster TIMEOUT 900 COMMAND tests/cluster/agent.py $<TARGET_FILE:eidos>)
  eidos_script_test(cluster_bundle LABEL cluster TIMEOUT 1800 COMMAND tests/cluster/bundle.py $<TARGET_FILE:eidos>)
  eidos_script_test(cluster_e2e LABEL cluster TIMEOUT 600 COMMAND tests/cluster/e2e.py $<TARGET_FILE:eidos>)
  eidos_script_test(cluster_scale LABEL cluster TIMEOUT 1800 COMMAND tests/cluster/scale.py $<TARGET_FILE:eidos>)
  eidos_script_test(cluster_chart LABEL cluster TIMEOUT 1800 COMMAND tests/cluster/chart.py $<TARGET_FILE:eidos>)
endif()
