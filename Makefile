# SPDX-License-Identifier: GPL-2.0
# Entry points only: what is built is in Kbuild, how things run is in scripts/.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
# The kernel's own name, whatever way it was given.
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
BUILD = $(CURDIR)/build/$(RELEASE)
# KUNIT=1 adds ptree_kunit.ko, for a kernel that has CONFIG_KUNIT.
KBUILD_ARGS = -C $(KDIR) M=$(BUILD) CONFIG_PTREE=m $(if $(KUNIT),CONFIG_PTREE_KUNIT_TEST=m) $(KARGS)

.PHONY: module tools install install-tools uninstall demo check check-all others soak kunit live test-tools bench bench-check bench-baseline style clean help
.DEFAULT_GOAL := module

module: ## build build/<kernel>/ptree.ko for the running kernel, or KVER=, or KDIR=
	@test -n "$(RELEASE)" || { echo "ptree: no kernel headers in $(KDIR)." \
	  "Install linux-headers-$(KVER), or name another kernel with KVER= or KDIR=." >&2; exit 1; }
	@mkdir -p $(BUILD)
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/include $(CURDIR)/module $(CURDIR)/kunit $(BUILD)/
	$(MAKE) $(KBUILD_ARGS) modules

tools: ## build libptree and the command ptree into build/tools
	$(MAKE) -C tools/lib
	$(MAKE) -C tools/ptree

install: module ## install the module for that kernel (as root), then: modprobe ptree
	$(MAKE) $(KBUILD_ARGS) modules_install
	depmod $(RELEASE)

install-tools: tools ## install libptree and ptree (PREFIX=/usr/local, DESTDIR=)
	$(MAKE) -C tools/lib install
	$(MAKE) -C tools/ptree install

uninstall: ## remove the installed module (as root)
	rm -f /lib/modules/$(RELEASE)/*/ptree.ko*
	depmod $(RELEASE)

demo: ## boot a stock Debian kernel in a VM, start a small family, print its tree
	@scripts/demo

check: ## all tests and style gates; the last line is "N passed, N failed"
	@scripts/check

check-all: ## build, load, live tests, audit and unload on every kernel: a table
	@scripts/check-all

others: ## stress-ng, kernel selftests, containers and systemd, audited
	@scripts/others

soak: ## half an hour of everything at once on 6.1 and on 7 (PTREE_SECONDS=1800)
	@scripts/soak

kunit: ## build a debug kernel (once) and run the KUnit suites on it
	@scripts/kunit

live: ## run the live tests on a stock kernel in a VM
	@scripts/live

test-tools: ## test libptree and ptree, here and in a VM
	@scripts/tools

bench: ## measure side by side with what else there is: a table of ratios (half an hour or more)
	@scripts/bench

bench-check: ## count the instructions of the hooks, compare with tools/bench/baseline.json
	@scripts/bench-check

bench-baseline: ## make what is counted now the baseline
	@scripts/bench-check --renew

style: ## W=1, sparse, checkpatch, layers, shellcheck
	@scripts/style

clean: ## remove what was built here (the cache of kernels stays)
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16
