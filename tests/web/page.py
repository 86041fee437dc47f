#!/usr/bin/python3
"""The web page in headless Chromium: every flow, a silent console, no request to anybody else, axe-core without findings.

usage: page.py EIDOS EIDOSD [unittest arguments]    Chromium is Debian's, driven by playwright (tests/peers/browser)

EIDOS_PICTURES=DIR writes the pictures of the documentation there.
"""
import io
import json
import os
import pathlib
import subprocess
import sys
import unittest
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import support  # noqa: E402

FULL = "service=eks&accelerator=gb200&intent=training&os=ubuntu"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


def packages():
    done = subprocess.run([ROOT / "tests/peers/python", "browser"], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr)
        sys.exit(done.returncode)
    return done.stdout.strip()


def files(archive):
    """What is in a bundle, but for the page that names the recipe's file, what the tool says on standard error, and their
    checksums."""
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()
                if not name.endswith(("README.md", "WARNINGS.txt", "checksums.txt"))}


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(
            [cls.eidosd, "--listen", "127.0.0.1:0", "--rate", "0", "--client-rate", "0", "--access-log=false"],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        cls.address = next(word for word in cls.server.stderr.readline().split() if word.startswith("http://"))
        cls.playwright = sync_playwright().start()
        cls.browser = cls.playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()
        cls.server.terminate()
        cls.server.wait(30)
        cls.server.stderr.close()

    def setUp(self):
        self.said, self.asked = [], []

    def open(self, hash="", expect_errors=False, **context):
        """A page that has its recipe. What its console says and whom it asks is kept, and looked at in the end."""
        context = self.browser.new_context(**{"viewport": WIDE, **context})
        context.set_default_timeout(20000)
        self.addCleanup(context.close)
        page = context.new_page()
        page.on("console", lambda message: self.said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(self.address + (f"#{hash}" if hash else ""))
        if not expect_errors:
            page.wait_for_selector("#state:has-text('components')")
        return page

    def quiet(self):
        self.assertEqual(self.said, [])
        self.assertEqual([url for url in self.asked if not url.startswith((self.address, "blob:"))], [])

    # A browser writes a line for each answer of 400 and above, whatever the page does with it.
    def quiet_but_for_refusals(self):
        self.said = [line for line in self.said if "Failed to load resource" not in line]
        self.quiet()

    def test_criteria_to_recipe(self):
        page = self.open()
        self.assertIn("Not complete: more has to be stated", page.inner_text("#completeness"))
        for name, value in (pair.split("=") for pair in FULL.split("&")):
            page.locator(f"[name={name}]").select_option(value)
        page.wait_for_selector("#chain:has-text('gb200-eks-ubuntu-training')")
        self.assertIn("Complete: the catalog knows this combination", page.inner_text("#completeness"))
        names = page.locator("#components tbody tr td:nth-child(2)").all_inner_texts()
        wanted = support.Case.good(self, "query", *[f"--{one}" for one in FULL.split("&")], "--selector", "deploymentOrder",
                                   "-t", "json", cwd=ROOT).out
        self.assertEqual(names, json.loads(wanted))
        self.assertTrue(page.url.endswith(FULL), page.url)
        self.assertIn("K8s.server.version", page.inner_text("#constraints"))
        self.quiet()

    def eidos(self, *args, **more):
        return support.Case.eidos(self, *args, **more)

    def test_what_the_catalog_does_not_know_is_marked(self):
        page = self.open("service=gke")
        options = page.locator("select[name=os] option").all_inner_texts()
        self.assertIn("cos", options)
        self.assertIn("ubuntu (incomplete)", options)
        page.locator("[name=os]").select_option("ubuntu")
        page.wait_for_selector("#completeness:has-text('the catalog knows no such combination')")
        page.locator("#completeness button").first.click()
        page.wait_for_selector("#completeness:has-text('Complete:')")
        self.quiet()

    def test_a_known_combination_is_one_click(self):
        page = self.open()
        page.click("#known summary")
        page.click("#known-list button:has-text('eks h100 inference ubuntu dynamo')")
        page.wait_for_selector("#chain:has-text('h100-eks-ubuntu-inference-dynamo')")
        self.assertEqual(page.locator("[name=platform]").input_value(), "dynamo")
        self.quiet()

    def test_the_graph_has_every_component_and_dependency(self):
        page = self.open(FULL)
        recipe = page.evaluate(f"fetch('/v1/recipe?{FULL}', {{headers: {{Accept: 'application/json'}}}}).then(a => a.json())")
        self.assertEqual(page.locator("#graph .node").count(), len(recipe["componentRefs"]))
        self.assertEqual(page.locator("#graph .edge").count(),
                         sum(len(one.get("dependencyRefs", [])) for one in recipe["componentRefs"]))
        x = {node: page.locator(f"#graph .node[data-name={node}] rect").bounding_box()["x"]
             for node in ("cert-manager", "skyhook-operator", "gpu-operator", "kai-scheduler")}
        self.assertTrue(x["cert-manager"] < x["gpu-operator"] < x["kai-scheduler"], x)
        page.locator("#graph .node[data-name=kai-scheduler]").focus()
        self.assertIn("lit", page.locator("#graph .node[data-name=cert-manager]").get_attribute("class"))
        self.assertNotIn("lit", page.locator("#graph .node[data-name=aws-efa]").get_attribute("class"))
        page.keyboard.press("Enter")
        self.assertEqual(page.inner_text("#values-title").lower(), "values of kai-scheduler")
        self.quiet()

    def test_a_value_tells_where_it_comes_from(self):
        page = self.open(FULL)
        page.click("#components button:has-text('gpu-operator')")
        page.fill("#filter", "cdi.enabled")
        page.click("#value-table button:has-text('cdi.enabled')")
        history = page.locator("#value-table .history li").all_inner_texts()
        self.assertEqual(len(history), 2, history)
        self.assertIn("catalog/components/gpu-operator/values-eks-training.yaml:6:12", history[0])
        self.assertIn("overlay", history[1])
        self.assertIn("catalog/overlays/gb200-eks-training.yaml", history[1])
        page.click("#value-table button[aria-expanded=true]")
        self.assertEqual(page.locator("#value-table .history").count(), 0)
        self.quiet()

    def test_an_override_is_checked_while_it_is_written(self):
        page = self.open(FULL)
        page.click("#components button:has-text('gpu-operator')")
        page.fill("#filter", "driver.version")
        page.click("button[aria-label='Override driver.version']")
        page.locator("#overrides [name=value]").fill("580.82.07")
        page.wait_for_selector("#override-state:has-text('1 checked')")
        self.assertIn("--set gpu-operator:driver.version=580.82.07", page.inner_text("#command"))
        page.wait_for_selector("#value-table tr:has-text('580.82.07')")
        self.quiet()
        page.locator("#overrides [name=path]").fill("driver.version.[")
        page.wait_for_selector(".override.bad .note.bad")
        self.assertTrue(page.locator("#download").is_disabled())
        page.click("#overrides button:has-text('Remove')")
        page.wait_for_selector("#download:enabled")
        self.quiet_but_for_refusals()

    def test_a_bundle_is_downloaded(self):
        page = self.open(FULL)
        page.wait_for_selector("#download:enabled")
        with page.expect_download() as coming:
            page.click("#download")
        self.assertEqual(coming.value.suggested_filename, "bundle.zip")
        data = pathlib.Path(coming.value.path()).read_bytes()
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        self.assertTrue(any(name.endswith("Chart.yaml") for name in names), names)
        self.quiet()

    def test_a_deployer_wants_its_repository(self):
        page = self.open(FULL)
        self.assertFalse(page.locator("[name=repo]").is_visible())
        page.locator("[name=deployer]").select_option("flux")
        page.fill("[name=repo]", "ssh://git@example.com/stack.git")
        page.wait_for_selector("#command:has-text('--deployer flux')")
        self.assertIn("--repo ssh://git@example.com/stack.git", page.inner_text("#command").replace(" \\\n   ", ""))
        page.wait_for_selector("#download:enabled")
        self.quiet()

    def test_the_command_line_does_the_same(self):
        page = self.open(FULL + "&set=gpu-operator%3Adriver.version%3D580.82.07", permissions=["clipboard-read", "clipboard-write"])
        page.click("#copy")
        page.wait_for_selector("#copied:has-text('copied')")
        copied = page.evaluate("navigator.clipboard.readText()")
        self.assertEqual(copied, page.inner_text("#command"))
        with support.tempfile.TemporaryDirectory() as work:
            (pathlib.Path(work) / "bin").mkdir()
            (pathlib.Path(work) / "bin/eidos").symlink_to(support.EIDOS)
            done = subprocess.run(["sh", "-ec", copied], cwd=work, capture_output=True, text=True, check=False, timeout=60,
                                  env=support.environment(PATH=f"{work}/bin:/usr/bin:/bin"))
            self.assertEqual(done.returncode, 0, done.stderr)
            with page.expect_download() as coming:
                page.click("#download")
            self.assertEqual(files(coming.value.path()), files(pathlib.Path(work) / "bundle.zip"))
        self.quiet()

    def test_a_refused_question_is_told(self):
        page = self.open("service=esk", expect_errors=True)
        page.wait_for_selector("#notes .note.bad:has-text('esk')")
        self.quiet_but_for_refusals()

    def test_the_keyboard_is_enough(self):
        page = self.open()
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.textContent"), "Skip to the recipe")
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.name"), "service")
        page.keyboard.type("eks")
        page.wait_for_selector("#chain:has-text('eks')")
        seen = []
        for _ in range(120):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("(e => e.id || e.name || e.dataset?.name || e.textContent)(document.activeElement)"))
        for wanted in ("nodes", "add-override", "deployer", "download", "copy", "cert-manager"):
            self.assertIn(wanted, seen)
        self.quiet()

    def test_axe_finds_nothing(self):
        for scheme in ("light", "dark"):
            for viewport in (WIDE, NARROW):
                with self.subTest(scheme=scheme, width=viewport["width"]):
                    page = self.open(FULL + "&set=gpu-operator%3Acdi.enabled%3Dtrue", color_scheme=scheme, viewport=viewport)
                    page.click("#components button:has-text('gpu-operator')")
                    page.click("#value-table button:has-text('cdi.enabled')")
                    page.click("#known summary")
                    page.click("#overlays summary")
                    found = Axe().run(page).response["violations"]
                    self.assertEqual([(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found], [])
                    self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), viewport["width"])
        self.quiet()

    def test_pictures(self):
        folder = os.environ.get("EIDOS_PICTURES")
        for name, more in (("page-light", {}), ("page-dark", {"color_scheme": "dark"}), ("page-360", {"viewport": NARROW})):
            page = self.open(FULL, **more)
            page.click("#components button:has-text('gpu-operator')")
            page.evaluate("scrollTo(0, 0)")
            picture = page.screenshot()
            self.assertGreater(len(picture), 10000)
            if folder:
                (pathlib.Path(folder) / f"{name}.png").write_bytes(picture)
        self.quiet()


if __name__ == "__main__":
    sys.path.insert(0, packages())
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright
    Page.eidosd = str(pathlib.Path(sys.argv.pop(2)).resolve())
    support.main()
