# rehabd: everything a person or CI runs. `make help` lists the targets.

SWIFT ?= swift
CONFIGURATION ?= release
FUZZ_SECONDS ?= 30
SOAK_SECONDS ?= 3600
SANITIZE_FILTER ?= PlumbingTests

.PHONY: help demo test build bench fuzz tsan asan soak service-figures rig-test install uninstall package package-proof format lint docs packages clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

packages: ## install the Debian packages that are missing (asks for root only then)
	@Scripts/packages build

build: packages ## build rehabd and rehabctl (release)
	@Scripts/build

demo: ## build, then show the whole product on a synthetic person; RECORDING=FILE RATE=HZ adds yours
	@Scripts/packages build
	@Scripts/build
	@Scripts/demo "$(RECORDING)" "$(RATE)"

test: ## all tests: format, unit, house, replay, sanitizer, fuzz smoke
	@Scripts/packages test
	@Scripts/test

# `make bench feedback` measures that section alone; its name is no goal of its own.
SECTIONS := step latency sound daemon replay accuracy feedback
ifneq ($(filter bench,$(MAKECMDGOALS)),)
.PHONY: $(filter $(SECTIONS),$(MAKECMDGOALS))
$(filter $(SECTIONS),$(MAKECMDGOALS)):
	@:
endif

bench: ## measure against the project's figures and its peers: `make bench`, or a section: `make bench feedback`
	@Scripts/packages bench
	@Scripts/bench $(filter $(SECTIONS),$(MAKECMDGOALS))

fuzz: ## fuzz every parser of outside bytes for FUZZ_SECONDS each, under AddressSanitizer (C parts: UndefinedBehaviorSanitizer too)
	@Scripts/packages build
	@Scripts/fuzz $(FUZZ_SECONDS)

tsan: ## the thread tests in release under ThreadSanitizer
	@Scripts/packages test
	@Scripts/tsan $(SANITIZE_FILTER)

asan: ## tests of Plumbing, Varlink, TomlReading, Recording, Wearables under the sanitizers that `make fuzz` has
	@Scripts/packages test
	@Scripts/asan

soak: build ## a long run on the stand-in BlueZ for SOAK_SECONDS: three sensors, faults at random, memory and descriptors
	@Scripts/packages test
	@Scripts/soak $(SOAK_SECONDS) $(SOAK_SEED)

service-figures: build ## measure start, rest, status, restart and many clients of the built daemon
	@Scripts/service-figures .build/release/rehabd

rig-test: build ## rehabd in a virtual machine with real BlueZ and emulated wearables; RIG="SCENARIO..." picks some
	@Scripts/rig $(RIG)

package: build ## build the Debian package into .build/package
	@Scripts/packages package
	@Scripts/package

package-proof: build ## install, upgrade, remove and purge the package in a bare Debian 12 root (as root)
	@Scripts/packages package
	@Scripts/package-proof

install: ## after `make build`: install programs, units and the udev rule under PREFIX (DESTDIR for packaging)
	@Scripts/install install

uninstall: ## remove what `make install` put there; recordings and settings stay
	@Scripts/install uninstall

format: ## format all Swift files in place
	@$(SWIFT) format --in-place --recursive --parallel Sources Tests Package.swift

lint: ## check the format; prints nothing when all is well
	@$(SWIFT) format lint --strict --recursive --parallel Sources Tests Package.swift

docs: ## build the articles (DocC) into .build/docs
	@Scripts/docs

clean: ## remove everything that was built
	rm -rf .build .build-fuzz .build-tsan .build-asan
