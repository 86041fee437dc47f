#!/usr/bin/python3
"""GPUs without a GPU: a stand-in for the driver's library, fixture roots, and programs in the place of nvidia-smi.

`gpu.py EIDOS NVML OLD_NVML [unittest arguments]`; what the stand-in understands stands at its top
(tests/support/nvml_stand_in.cc).
"""
import json
import os
import pathlib
import shutil
import sys

import support

NVML = OLD_NVML = ""
DRIVER = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build  (root@builder)  Thu\n"
BUS_IDS = [f"0000:{4 + 16 * n:02x}:00.0" for n in range(8)]  # where the stand-in has its GPUs


class Case(support.Case):
    def nvml(self, *orders, library=None):
        """A library of its own, with its scenario beside it."""
        place = pathlib.Path(self.dir / f"nvml{len(list(self.dir.glob('nvml*')))}")
        place.mkdir()
        shutil.copy(library or NVML, place / "libnvidia-ml.so.1")
        (place / "scenario").write_text("\n".join(orders) + "\n")
        return place / "libnvidia-ml.so.1"

    def snapshot(self, *arguments, only="gpu.smi", code=0, **more):
        """The document, and what stands on standard error."""
        done = self.eidos("snapshot", "-t", "json", "--filter", only, *arguments, **more)
        self.assertEqual(done.code, code, done.err)
        document = json.loads(done.out)
        self.outcomes = {outcome["name"]: outcome for outcome in document["collectors"]}
        self.warnings = done.err
        found = {}
        for measurement in document["measurements"]:
            for subtype in measurement["subtypes"]:
                found[subtype["subtype"]] = subtype["data"]
                found[subtype["subtype"] + " context"] = subtype.get("context", {})
        return found

    def asked(self, *orders, flags=()):
        return self.snapshot("--nvml-path", self.nvml(*orders), *flags)["smi"]

    def outcome(self, name="gpu.smi"):
        return self.outcomes[name]["status"], self.outcomes[name].get("detail", "")

    def program(self, name, text):
        path = self.put(name, "#!/usr/bin/python3\n" + text)
        path.chmod(0o755)
        return path

    def machine(self, driver="nvidia", gpus=BUS_IDS, loaded=True, nodes=True, listed=None):
        """A root of this very machine with GPUs on its bus."""
        root = self.dir / "root"
        shutil.rmtree(root, ignore_errors=True)
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text()
        files = {"proc/sys/kernel/random/boot_id": boot, "sys/bus/pci/devices/0000:00:00.0/vendor": "0x8086\n"}
        for minor, bus_id in enumerate(gpus):
            place = f"sys/bus/pci/devices/{bus_id}"
            files |= {f"{place}/vendor": "0x10de\n", f"{place}/class": "0x030200\n", f"{place}/device": "0x2330\n",
                      f"{place}/uevent": f"DRIVER={driver}\n" if driver else "PCI_CLASS=30200\n"}
            if loaded and driver == "nvidia" and bus_id in (listed or gpus):
                files[f"proc/driver/nvidia/gpus/{bus_id}/information"] = \
                    f"Model: \t\t Tester\nGPU UUID: \t GPU-canary\nDevice Minor: \t {minor}\nGPU Excluded:\t No\n"
                if nodes:
                    files[f"dev/nvidia{minor}"] = ""
        if loaded:
            files["proc/driver/nvidia/version"] = DRIVER
            if nodes:
                files["dev/nvidiactl"] = ""
        for name, text in files.items():
            self.put(f"root/{name}", text)
        return root


class Nvml(Case):
    def test_eight_gpus(self):
        smi = self.asked()
        self.assertEqual(self.outcome(), ("ok", ""))
        self.assertEqual(self.warnings, "")
        want = {"driver": "570.86.15", "cuda-version": "12.8", "gpu-count": 8, "gpu.model": "NVIDIA H100 80GB HBM3",
                "gpu.product-architecture": "Hopper", "gpu.display-mode": "Enabled", "gpu.display-active": "Disabled",
                "gpu.persistence-mode": "Disabled", "gpu.addressing-mode": "HMM", "gpu.vbios-version": "96.00.A5.00.01",
                "gpu.gsp-firmware-version": "570.86.15", "gpu.7.pci-bus-id": "00000000:74:00.0",
                "gpu.7.memory": "81559 MiB", "gpu.7.bar1-memory": "131072 MiB", "gpu.7.ecc-mode": "Enabled",
                "gpu.7.mig-mode": "Disabled", "gpu.7.power-limit": "700.00 W", "gpu.7.power-limit-max": "700.05 W",
                "gpu.7.pcie-gen-max": "4", "gpu.7.pcie-gen-max-device": "5", "gpu.7.pcie-width": "16x",
                "gpu.7.clock-sm-max": "1980 MHz", "gpu.7.fabric-state": "Completed", "gpu.7.fabric-status": "Success",
                "gpu.7.nvlink-count": 18, "gpu.7.nvlink-active-count": 18, "gpu.7.pci-device-id": "233010DE",
                "gpu.7.compute-mode": "Default", "gpu.7.row-remap-failure": "No"}
        self.assertEqual({key: smi.get(key) for key in want}, want)
        self.assertNotIn("gpu.8.model", smi)

    def test_twice_is_the_same(self):
        library = self.nvml()
        self.assertEqual(self.snapshot("--nvml-path", library), self.snapshot("--nvml-path", library))

    def test_the_real_report_has_the_same_keys(self):
        xml = support.corpus() / "gpu/nvidia-smi-8xh100.xml"
        report = self.snapshot("--smi-xml", xml)["smi"]
        library = self.asked()
        only_nvml = {key for key in library if key.endswith(("nvlink-count", "nvlink-active-count"))}
        self.assertEqual(set(library) - only_nvml, set(report))
        own = {"gpu.addressing-mode", *(f"gpu.{n}.{key}" for n in range(8) for key in ("addressing-mode", "pci-bus-id"))}
        # the stand-in plays the same machine, so the texts agree, too
        self.assertEqual({k: v for k, v in library.items() if k in report and k not in own and "power-limit-max" not in k},
                         {k: v for k, v in report.items() if k not in own and "power-limit-max" not in k})

    def test_seven_of_eight(self):
        smi = self.asked("fail nvmlDeviceGetHandleByIndex_v2 15 3")
        self.assertEqual(smi["gpu-count"], 7)
        self.assertNotIn("gpu.3.model", smi)
        self.assertIn("gpu.4.model", smi)
        status, detail = self.outcome()
        self.assertEqual(status, "partial")
        self.assertRegex(detail, "GPU 3 does not answer: .*fallen off the bus.*Xid 79")
        self.assertIn(detail, self.warnings)

    def test_a_gpu_lost_on_the_way(self):
        smi = self.asked("fail nvmlDeviceGetEccMode 15 7")
        self.assertEqual(smi["gpu-count"], 7)
        self.assertEqual([key for key in smi if key.startswith("gpu.7.")], [])
        self.assertEqual(self.outcome()[0], "partial")

    def test_an_old_driver(self):
        smi = self.snapshot("--nvml-path", self.nvml(library=OLD_NVML))["smi"]
        self.assertEqual(self.outcome(), ("ok", ""))
        self.assertEqual((smi["driver"], smi["gpu-count"], smi["gpu.7.memory"]), ("570.86.15", 8, "81559 MiB"))
        for key in ("cuda-version", "gpu.product-architecture", "gpu.0.mig-mode", "gpu.0.nvlink-count"):
            self.assertNotIn(key, smi)
        self.assertEqual(smi["gpu.7.pci-bus-id"], "00000000:74:00.0")

    def test_every_call_fails_with_every_code(self):
        text = pathlib.Path(__file__).parents[1].joinpath("support/nvml_stand_in.cc").read_text()
        calls = sorted(set(part.split('"')[0] for part in text.split('OBEY("')[1:]) |
                       set(part.split(",")[0] for part in text.split("\nNUMBER(")[1:]))
        self.assertGreater(len(calls), 30)
        benign = (3, 13, 21, 25, 26)
        for step, call in enumerate(calls):
            code = (1, 2, 3, 4, 7, 10, 13, 16, 21, 25, 26, 27, 999, 4294967295)[step % 14]
            if call in ("nvmlDeviceGetCount_v2", "nvmlDeviceGetHandleByIndex_v2"):
                code = 999
            with self.subTest(call=call, code=code):
                smi = self.asked(f"fail {call} {code}", flags=["--gpu-identities"])
                gone = call == "nvmlDeviceGetHandleByIndex_v2"
                if call == "nvmlDeviceGetCount_v2":
                    self.assertNotIn("gpu-count", smi)
                else:
                    self.assertEqual(smi["gpu-count"], 0 if gone else 8)
                older = call in ("nvmlDeviceGetMemoryInfo", "nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetGpuFabricInfo",
                                 "nvmlDeviceGetGpuFabricInfoV")  # there is another call for the same
                ends = call == "nvmlDeviceGetNvLinkState" and code in (2, 3)
                quiet = code in benign or older or ends or \
                    call in ("nvmlDeviceGetMaxMigDeviceCount", "nvmlDeviceGetMigDeviceHandleByIndex")
                self.assertEqual(self.outcome()[0], "ok" if quiet else "partial")

    def test_what_keeps_it_from_starting(self):
        for code, exit_code, status, words in ((9, 6, "failed", "modprobe nvidia"), (4, 4, "denied", "run as root"),
                                               (18, 6, "failed", "of different driver versions"), (999, 6, "failed", "")):
            with self.subTest(code=code):
                library = self.nvml(f"fail nvmlInit_v2 {code}", f"fail nvmlInitWithFlags {code}")
                self.assertNotIn("smi", self.snapshot("--nvml-path", library, code=exit_code))
                self.assertEqual(self.outcome()[0], status)
                self.assertIn(words, self.outcome()[1])

    def test_a_driver_without_gpus(self):
        smi = self.asked("fail nvmlInit_v2 28", "count 0")
        self.assertEqual(smi["gpu-count"], 0)
        self.assertIn("has no GPU", self.warnings)

    def test_a_call_that_hangs_costs_its_deadline_and_not_the_snapshot(self):
        for call in ("nvmlInit_v2", "nvmlDeviceGetName", "nvmlShutdown"):
            with self.subTest(call=call):
                library = self.nvml(f"hang {call}")
                found = self.snapshot("--nvml-path", library, "--timeout", "700ms", only="os.release,gpu.smi", code=5)
                self.assertIn("release", found)
                self.assertEqual(self.outcome(), ("timed-out", "the driver hangs: NVML did not answer in time"))
        self.assertEqual(self.children_that_use(self.dir), [])

    def children_that_use(self, place):
        """Processes that have a library of ours open."""
        found = []
        for maps in pathlib.Path("/proc").glob("[0-9]*/maps"):
            try:
                if str(place) in maps.read_text(errors="replace"):
                    found.append(maps.parent.name)
            except OSError:
                pass  # it has ended, or is not ours
        return found

    def test_a_crash(self):
        library = self.nvml("crash nvmlDeviceGetName")
        self.assertNotIn("smi", self.snapshot("--nvml-path", library, code=6))
        self.assertRegex(self.outcome()[1], "crashed the process that asked it: signal 11|exit code")

    def test_garbage_and_a_count_past_belief(self):
        smi = self.asked("garbage", "count 10000")
        self.assertEqual(smi["gpu-count"], 10000)
        self.assertIn("gpu.255.memory", smi)
        self.assertNotIn("gpu.256.memory", smi)
        self.assertTrue(smi["gpu.model"].startswith("\\xfe\\xfe"))
        self.assertIn("counts 10000 GPUs; no more than 256 were asked", self.outcome()[1])
        self.assertTrue(all(len(str(value)) <= 1024 for value in smi.values()))

    def test_every_number_past_its_table(self):
        for value in (7, 255, 4294967295):
            smi = self.asked("count 1", f"mode {value} 0")
            self.assertEqual(smi["gpu-count"], 1)
            for key in ("product-architecture", "addressing-mode", "compute-mode"):
                self.assertIn(smi.get(f"gpu.0.{key}"), (None, "Ampere"))

    def test_what_the_library_prints_is_no_answer(self):
        self.assertEqual(self.asked("chatter")["gpu-count"], 8)
        self.assertEqual(self.outcome()[0], "ok")

    def test_mixed_models_are_told(self):
        found = self.snapshot("--nvml-path", self.nvml("model 5 NVIDIA H100 NVL"))
        self.assertEqual(found["smi"]["gpu.5.model"], "NVIDIA H100 NVL")
        told = "'NVIDIA H100 80GB HBM3' on 0-4, 6-7; 'NVIDIA H100 NVL' on 5"
        self.assertIn(told, found["smi context"]["gpu.model"])
        self.assertIn(told, self.warnings)

    def test_mig_ecc_nvlink_and_persistence_of_one_gpu(self):
        found = self.snapshot("--nvml-path", self.nvml("mode 0 2"))  # ECC goes, one NVLink is down
        self.assertIn("ECC changes", found["smi context"]["gpu.2.ecc-mode"])
        self.assertIn("not all NVLinks", found["smi context"]["gpu.2.nvlink-active-count"])
        smi = self.asked("mode 1 4")
        self.assertEqual((smi["gpu.4.mig-mode"], smi["gpu.4.mig-device-count"]), ("Enabled", 2))
        self.assertEqual((smi["gpu.4.persistence-mode"], smi["gpu.3.persistence-mode"]), ("Enabled", "Disabled"))
        self.assertIn("GPU 4: a bad memory row could not be remapped", self.warnings)

    def test_identities_only_when_asked_for(self):
        library = self.nvml("secret canary4711")
        self.assertNotIn("canary4711", json.dumps(self.snapshot("--nvml-path", library)))
        smi = self.snapshot("--nvml-path", library, "--gpu-identities")["smi"]
        self.assertEqual((smi["gpu.3.uuid"], smi["gpu.3.serial"]), ("GPU-canary47113", "16529canary47113"))

    def test_a_library_that_is_none(self):
        self.put("text.so", "hello")
        for path, words in ((self.dir / "missing.so", "no library"), (self.dir / "text.so", "NVML cannot be used"),
                            ("libm.so.6", "has no nvmlInit_v2"), ("/", "NVML cannot be used")):
            self.assertNotIn("smi", self.snapshot("--nvml-path", path, code=6))
            self.assertIn(words, self.outcome()[1])

    def test_the_internal_command_is_hidden(self):
        self.assertNotIn("read-nvml", self.good("help").out)
        self.assertNotIn("read-nvml", self.good("completion", "bash").out)


class Machines(Case):
    BOTH = "gpu"  # both collectors

    def test_no_gpu(self):
        found = self.snapshot("--root", self.machine(gpus=[], loaded=False), only=self.BOTH)
        self.assertEqual(found["smi"], {"gpu-count": 0})
        self.assertEqual(found["hardware"], {"driver-loaded": False, "gpu-count": 0, "nvswitch-count": 0})
        self.assertEqual(self.outcome(), ("absent", "no NVIDIA GPU: none on the PCI bus, and no driver loaded"))
        self.assertEqual(self.outcome("gpu.hardware"), ("absent", "no NVIDIA device on the PCI bus"))
        done = self.eidos("snapshot", "--root", self.dir / "root", "--filter", "gpu", "--require", "gpu")
        self.assertEqual(done.code, 6)

    def test_no_driver(self):
        found = self.snapshot("--root", self.machine(driver="", loaded=False), only=self.BOTH)
        self.assertEqual(found["smi"], {"gpu-count": 0})
        self.assertEqual(found["hardware"]["gpu-count"], 8)
        self.assertEqual(found["hardware"]["gpu.0000:04:00.0.driver"], "none")
        self.assertIn("8 NVIDIA GPUs on the PCI bus, but the driver is not loaded: load", self.outcome()[1])
        done = self.eidos("snapshot", "--root", self.dir / "root", "--filter", "gpu", "--require", "gpu")
        self.assertEqual(done.code, 6)  # they are there, and nothing can use them
        self.assertIn(self.outcome()[1], self.warnings)

    def test_bound_to_vfio(self):
        found = self.snapshot("--root", self.machine(driver="vfio-pci", loaded=False), only=self.BOTH)
        self.assertEqual(found["hardware"]["gpu.0000:74:00.0.driver"], "vfio-pci")
        self.assertEqual(self.outcome()[0], "absent")
        self.assertIn("bound to vfio-pci, for virtual machines", self.outcome()[1])

    def test_a_driver_but_no_device_nodes(self):
        root = self.machine(nodes=False)
        self.program("bin/nvidia-smi", "import sys\nprint('NVIDIA-SMI has failed')\nsys.exit(9)\n")
        found = self.snapshot("--root", root, only=self.BOTH, code=6, env={"PATH": f"{self.dir}/bin:/usr/bin:/bin"})
        self.assertNotIn("smi", found)
        self.assertEqual(found["hardware"]["control-node"], False)
        self.assertEqual(found["hardware"]["gpu.0000:04:00.0.device-node"], False)
        self.assertEqual(self.outcome()[0], "failed")
        self.assertIn("/dev/nvidiactl", self.outcome()[1])

    def test_a_driver_and_neither_nvml_nor_nvidia_smi(self):
        self.snapshot("--root", self.machine(), code=6)
        self.assertIn("nvidia-smi is not in PATH", self.outcome()[1])

    def test_nvidia_smi_when_there_is_no_nvml(self):
        xml = support.corpus() / "gpu/nvidia-smi-8xh100.xml"
        self.program("bin/nvidia-smi", f"import sys\nsys.stdout.write(open({str(xml)!r}).read())\n")
        smi = self.snapshot("--root", self.machine(), env={"PATH": f"{self.dir}/bin:/usr/bin:/bin"})["smi"]
        self.assertEqual(smi["gpu-count"], 8)
        self.assertEqual(self.outcome(), ("ok", "through nvidia-smi: no library libnvidia-ml.so.1"))

    def test_another_machines_root(self):
        root = self.machine()
        self.put("root/proc/sys/kernel/random/boot_id", "another\n")
        self.assertNotIn("smi", self.snapshot("--root", root))
        self.assertEqual(self.outcome()[0], "absent")
        self.assertIn("--smi-xml", self.outcome()[1])

    def test_one_of_eight_is_missing_and_why(self):
        for change, words in (
                (lambda: self.put(f"root/sys/bus/pci/devices/{BUS_IDS[3]}/current_link_width", "63\n"), "fallen off the bus"),
                (lambda: self.put(f"root/sys/bus/pci/devices/{BUS_IDS[3]}/uevent", "DRIVER=vfio-pci\n"), "bound to vfio-pci"),
                (lambda: None, "does not answer: see the kernel log")):
            root = self.machine()
            change()
            library = self.nvml("fail nvmlDeviceGetHandleByIndex_v2 15 3")
            found = self.snapshot("--root", root, "--nvml-path", library, only=self.BOTH)
            self.assertEqual((found["hardware"]["gpu-count"], found["smi"]["gpu-count"]), (8, 7))
            context = found["hardware context"]
            self.assertIn("the bus has 8 GPUs, the driver 7; the driver does not have 0000:34:00.0", context["gpu-count"])
            self.assertIn(words, context["gpu-count"])
            self.assertIn(words, context[f"gpu.{BUS_IDS[3]}.driver"])
            self.assertIn(context["gpu-count"], self.outcome("gpu.hardware")[1])
            self.assertIn(context["gpu-count"], self.warnings)

    def test_a_container_that_was_given_one(self):
        root = self.machine(listed=BUS_IDS[:1])
        found = self.snapshot("--root", root, "--nvml-path", self.nvml("count 1"), only=self.BOTH)
        self.assertIn("a container sees only the GPUs it was given", found["hardware context"]["gpu-count"])

    def test_identities_of_the_driver_stay_out(self):
        self.assertNotIn("canary", json.dumps(self.snapshot("--root", self.machine(), only="gpu.hardware")))


class Programs(Case):
    def smi(self, text, code, *arguments):
        return self.snapshot("--smi-path", self.program("smi", text), *arguments, code=code)

    def test_that_print_without_end(self):
        self.smi("import sys\nblock = 'x' * 65536\nfor _ in range(16384): sys.stdout.write(block)\n", 6)
        self.assertIn("wrote more than 16777216 bytes", self.outcome()[1])

    def test_that_hang(self):
        self.smi("import time\ntime.sleep(3600)\n", 5, "--timeout", "500ms")
        self.assertEqual(self.outcome()[0], "timed-out")

    def test_that_fail(self):
        self.smi("import sys\nprint('password=hunter2hunter2', file=sys.stderr)\nsys.exit(9)\n", 0)
        self.assertNotIn("hunter2", self.warnings)
        self.assertEqual(self.outcome()[0], "absent")  # there is no driver here

    def test_a_real_report_cut_at_every_kilobyte(self):
        text = (support.corpus() / "gpu/nvidia-smi-8xh100.xml").read_bytes()
        for cut in range(2048, len(text) - 1024, 16384):  # every kilobyte: corpus_collect
            self.put("cut.xml", text[:cut])
            smi = self.snapshot("--smi-xml", "cut.xml")["smi"]
            self.assertEqual(self.outcome()[0], "partial")
            self.assertEqual((smi["driver"], smi["gpu-count"]), ("570.86.15", 8))


if __name__ == "__main__":
    NVML, OLD_NVML = sys.argv[2:4]
    del sys.argv[2:4]
    support.main()
