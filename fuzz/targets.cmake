# Every fuzz target and the rooms it feeds. What each holds true stands at the top of its file; how to run them
# and what they found: docs/fuzzing.md.

eidos_fuzz(yaml DEPS data base)
eidos_fuzz(json DEPS data base)
eidos_fuzz(patch DEPS data base)
eidos_fuzz(version DEPS model data base)
eidos_fuzz(constraint DEPS model data base)
eidos_fuzz(set_flag DEPS bundle model data base)
eidos_fuzz(os_release DEPS collect data base)
eidos_fuzz(cmdline DEPS collect data base)
eidos_fuzz(modules DEPS collect data base)
eidos_fuzz(smi_xml DEPS collect data base)
eidos_fuzz(nvml DEPS collect data base)
eidos_fuzz(dbus_value DEPS collect data base LIBS systemd)
eidos_fuzz(zip DEPS seal data base)
eidos_fuzz(tar DEPS seal data base)
eidos_fuzz(kubeconfig DEPS kube net model data base)
eidos_fuzz(kube_list DEPS kube net model data base)
