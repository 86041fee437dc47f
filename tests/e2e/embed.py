#!/usr/bin/python3
"""The library as others use it: installed, moved, and linked into examples/embed. `embed.py EIDOS`, after a build
of the target eidos_library; EIDOS_BUILD is the build folder."""
import json
import os
import pathlib
import re
import subprocess

import support

BUILD = pathlib.Path(os.environ.get("EIDOS_BUILD", "build/dev")).resolve()
CRITERIA = ["--service", "eks", "--accelerator", "h100", "--intent", "training", "--os", "ubuntu"]


def cache(name):
    """A value of the build's CMake cache, or ""."""
    text = (BUILD / "CMakeCache.txt").read_text()
    found = re.search(rf"^{name}:[A-Z]+=(.*)$", text, re.M)
    return found[1] if found else ""


class Library(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.compiler = cache("CMAKE_CXX_COMPILER")
        # A build that is instrumented needs its run-time library in whatever links it.
        instrumented = f"-fsanitize={cache('EIDOS_SANITIZE')}" if cache("EIDOS_SANITIZE") else \
            "-fprofile-instr-generate" if cache("EIDOS_COVERAGE") == "ON" else ""
        cls.link_flags = instrumented

    def run_tool(self, *command):
        done = subprocess.run(list(map(str, command)), cwd=self.dir, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=500, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout[-4000:]}")
        return done.stdout

    def setUp(self):
        super().setUp()
        first = self.dir / "first"
        self.run_tool("cmake", "--install", BUILD, "--component", "library", "--prefix", first)
        self.prefix = self.dir / "moved here"  # the package stands wherever it is put
        first.rename(self.prefix)

    def embed(self):
        self.run_tool("cmake", "-S", support.ROOT / "examples/embed", "-B", "b", "-G", "Ninja",
                      f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={self.compiler}",
                      f"-DCMAKE_EXE_LINKER_FLAGS={self.link_flags}")
        self.run_tool("cmake", "--build", "b")
        return self.dir / "b/embed"

    def test_a_program_that_links_it_makes_the_same_bundle(self):
        program = self.embed()
        self.good("recipe", "-q", *CRITERIA, "-o", "recipe.yaml")
        for deployer in ("helm", "helmfile"):
            told = json.loads(self.good("bundle", "-r", "recipe.yaml", "-d", deployer, "--dry-run", "-t", "json").out)
            want = "".join(f"{one['size']:8}  {one['path']}\n" for one in told["files"])
            done = subprocess.run([program, "recipe.yaml", deployer], cwd=self.dir, capture_output=True, text=True,
                                  timeout=support.SECONDS, check=False)
            self.assertEqual((done.returncode, done.stdout), (0, want), done.stderr)
        for arguments, words in {("none.yaml",): "embed: 'none.yaml' does not exist\n",
                                 ("recipe.yaml", "hlem"): "unknown deployer 'hlem'; did you mean 'helm'"}.items():
            done = subprocess.run([program, *arguments], cwd=self.dir, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(words, done.stderr)

    def test_every_header_stands_alone(self):
        headers = sorted((self.prefix / "include/eidos").rglob("*.h"))
        self.assertGreater(len(headers), 50)
        names = [str(one.relative_to(self.prefix / "include/eidos")) for one in headers]
        self.put("all.cc", "".join(f'#include "{name}"\n' for name in names))
        self.run_tool(self.compiler, "-std=c++23", "-fsyntax-only", "-I", self.prefix / "include/eidos", "all.cc")

    def test_the_package_names_no_path_of_this_machine(self):
        package = self.prefix / "lib/cmake/eidos"
        texts = {one.name: one.read_text() for one in package.iterdir()}
        self.assertIn("eidosConfig.cmake", texts)
        for name, text in texts.items():
            for path in (str(BUILD), str(support.ROOT), "/usr/lib"):
                self.assertNotIn(path, text, name)

    def test_another_minor_version_is_not_taken_for_it(self):
        self.put("p/CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES NONE)\n"
                                     "find_package(eidos 0.999 REQUIRED)\n")
        done = subprocess.run(["cmake", "-S", "p", "-B", "pb", f"-DCMAKE_PREFIX_PATH={self.prefix}"], cwd=self.dir,
                              capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"version.*0\.999")


if __name__ == "__main__":
    support.main()
