# What people type. Each target is a CMake preset or a script in tools/ that also runs alone.

PREFIX ?= /usr/local
DESTDIR ?=
SECONDS_EACH ?= 60

.DEFAULT_GOAL := help
.PHONY: help setup demo build test test-cluster test-web bench lint asan tsan coverage fuzz release image install clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## install what building and testing needs (Debian 12; root or sudo)
	@tools/setup

demo: setup ## the four stages on this machine, and on the h100 snapshot where it is
	@tools/build dev eidos eidosd
	@tools/demo build/dev/eidos

build: setup ## the dev build, in build/dev
	@tools/build dev

test: build ## all tests of the dev build but those on a cluster and in a browser
	@tools/run-tests dev -LE 'cluster|browser'

test-cluster: build ## tests on a real Kubernetes API server (built once, about five minutes)
	@tools/setup --cluster
	@tools/run-tests dev -L cluster

test-web: build ## the web page in a headless Chromium
	@tools/setup --browser
	@tools/run-tests dev -L browser

lint: setup ## format, includes, catalog, shell scripts, clang-tidy's short list
	@tools/lint

asan: setup ## unit, golden, corpus and fuzz-corpus tests under the address and undefined-behaviour sanitizers
	@tools/build asan
	@tools/run-tests asan -L 'unit|golden|corpus|fuzz'

# The tests that start threads, or share what others share between theirs. A room with threads belongs here.
THREADED := base net collect recipe_embedded serve

tsan: setup ## the tests of what runs on several threads, under the thread sanitizer
	@tools/build tsan $(THREADED:%=%_test)
	@tools/run-tests tsan -R "^($$(echo $(THREADED) | tr ' ' '|'))$$"

coverage: setup ## what the tests run, as a table and as pages in build/cover/html
	@tools/coverage

fuzz: setup ## every fuzz target for SECONDS_EACH (60); crashes are kept in fuzz/corpus/
	@tools/fuzz $(SECONDS_EACH)

bench: release ## measure, and write bench/RESULTS.md
	@tools/build release benchmarks
	@bench/run

release: setup ## the binaries people install, in build/release
	@tools/build release eidos eidosd

image: release ## the image of both programs as an OCI archive, without an engine
	@tools/image build/release

install: release ## PREFIX=/usr/local, DESTDIR=: binary, completions, man pages, library
	@tools/build release eidos_library
	@tools/install build/release/eidos "$(DESTDIR)$(PREFIX)"

clean: ## remove build/ (the compiler cache and .cache/ stay)
	rm -rf build
