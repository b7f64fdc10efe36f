# Unit tests: tests/unit/LAYER/x_test.c becomes build/tests/LAYER/x_test, linked with that layer and
# what is below it (never with a main.o).

UNIT := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/*/*_test.c))
UNIT_LIBS := -lcmocka -lm
no_main = $(filter-out %/main.o,$(1))
objects_base    := $(BASE)
objects_wire    := $(WIRE) $(BASE)
objects_detect  := $(DETECT) $(BASE)
objects_runtime := $(call no_main,$(RUNTIME)) $(WIRE) $(BASE)
objects_daemon  := $(call no_main,$(DAEMON)) $(DETECT) $(WIRE) $(BASE)
objects_ctl     := $(call no_main,$(CTL)) $(DETECT) $(WIRE) $(BASE)
# only what has nothing to do with the kernel
objects_probes  := $(B)/obj/probes/estimate.o $(B)/obj/probes/ports.o
libs_wire    := -lnettle
libs_runtime := $(LIBS_isorun)
libs_daemon  := $(LIBS_isoscoped)
libs_ctl     := $(LIBS_isoctl)

# the directory a test lies in; no % here: in a pattern rule's prerequisites it would be the stem
layer_of = $(notdir $(patsubst %/,%,$(dir $(1))))
tests_of = $(filter $(B)/tests/$(1)/%,$(UNIT))

.SECONDEXPANSION:
$(UNIT): $(B)/tests/%: tests/unit/%.c $$(objects_$$(call layer_of,$$*))
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $(filter %.c %.o,$^) \
	  $(UNIT_LIBS) $(libs_$(notdir $(@D)))

.PHONY: unit unit-% check-unit
unit: $(UNIT)
	$(Q)sh tests/run-unit.sh $(UNIT)
# one layer: make unit-wire
unit-%: $$(call tests_of,$$*)
	$(Q)sh tests/run-unit.sh $^

# Scripts that Node and isorun must agree on. A part of them: make check-js ONLY=atomics
# JS_RUNTIME=node proves the tests themselves; JS_MODES=main leaves the workers out.
.PHONY: check-js
check-js: $(if $(JS_RUNTIME),,$(B)/bin/isorun)
	$(Q)env -u ONLY -u MAKEFLAGS node tests/run-js.mjs $(or $(JS_RUNTIME),$(CURDIR)/$(B)/bin/isorun) $(ONLY)

# The same scripts on both, compared byte for byte: what they print and how they end.
.PHONY: check-differential
check-differential: $(B)/bin/isorun
	$(Q)env -u ONLY -u MAKEFLAGS node tests/differential.mjs $(CURDIR)/$(B)/bin/isorun $(ONLY)

# Files of a test262 checkout: make check-test262 TEST262=path [TEST262_LIST=file] [ONLY=test/built-ins/Array]
# What failed, and how, is written to build/test262-failures.txt.
.PHONY: check-test262
check-test262: $(B)/bin/isorun
	$(Q)node tests/tools/test262.mjs $(B)/bin/isorun $(TEST262) $(TEST262_LIST:%=--list %) \
	  --failures $(B)/test262-failures.txt $(or $(ONLY),$(if $(TEST262_LIST),,test/built-ins))

# Programs that scenarios need beside ours.
$(B)/tests/hostile: tests/tools/hostile.c $(WIRE) $(BASE)
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $(filter %.c %.o,$^) $(libs_wire)

$(B)/tests/rebirth: tests/tools/rebirth.c
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $<
# preloaded into programs of other people: without sanitizers
$(B)/tests/become.so: tests/tools/become.c
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) -D_GNU_SOURCE -std=c11 -O2 $(WARN) -shared -fPIC -o $@ $<
SCENARIO_TOOLS := $(addprefix $(B)/tests/,hostile rebirth become.so)

# Scenarios: the real programs on temporary sockets. One file: make check-scenario ONLY=a-endings. Those of
# the agent, whose programs are Node's, have nothing to tell of our races.
SCENARIOS_ := $(wildcard tests/scenario/*.test.mjs)
SCENARIOS_thread := $(filter-out $(wildcard tests/scenario/j-agent* tests/scenario/l-*),$(SCENARIOS_))
.PHONY: check-scenario
check-scenario: $(PROGRAMS) $(SCENARIO_TOOLS) build/npm/pools/.done
	$(Q)ISOSCOPE_BIN=$(B)/bin node --test --test-concurrency=3 \
	  $(or $(ONLY:%=tests/scenario/%.test.mjs),$(SCENARIOS_$(SAN)),$(SCENARIOS_))

# What rules foretell beside what programs then save, within 20 %: on a machine that does nothing else.
.PHONY: check-measures
check-measures: $(PROGRAMS)
	$(Q)ISOSCOPE_STRICT=1 ISOSCOPE_BIN=$(B)/bin node --test --test-concurrency=1 tests/scenario/i-rules.test.mjs \
	  tests/scenario/i-symptoms.test.mjs

# The Node agent in the node of the PATH, and in others that npm's package of that name brings; with
# LISTINGS=DIRECTORY those listings too, which have to do what they do without it.
AGENT_NODES ?= 18 22 24
build/npm/node-%/.done:
	$(call say,NPM)
	$(Q)npm install --silent --no-audit --no-fund --prefix $(@D) node@$* && touch $@
.PRECIOUS: build/npm/node-%/.done
.PHONY: check-agent
check-agent: $(PROGRAMS) build/npm/pools/.done $(AGENT_NODES:%=build/npm/node-%/.done)
	$(Q)for node in $$(command -v node) $(AGENT_NODES:%=$(CURDIR)/build/npm/node-%/node_modules/node/bin/node); do \
	  echo "check-agent: $$($$node --version)"; \
	  AGENT_NODE=$$node ISOSCOPE_BIN=$(B)/bin node --test tests/scenario/j-agent*.test.mjs || exit 1; done
	$(if $(LISTINGS),$(Q)node tests/tools/listings.mjs $(LISTINGS) --agent agent/node)

.PHONY: check
check: deps-check
	$(Q)MAKE="$(MAKE)" sh tests/check.sh $(STEPS)

include tests/fuzz/fuzz.mk
include tests/hostile/hostile.mk
include tests/api/api.mk
include tests/corpus/corpus.mk
include tests/heap/heap.mk
include tests/e2e/e2e.mk
include tests/lighthouse/lighthouse.mk
include tests/pools/pools.mk
include tests/watched/watched.mk
include tests/containers/containers.mk

# Code listings published elsewhere, unmodified, beside Node: make check-listings LISTINGS=DIRECTORY
.PHONY: check-listings
check-listings: $(B)/bin/isorun
	$(Q)test -n "$(LISTINGS)" || { echo 'check-listings: LISTINGS=DIRECTORY is missing' >&2; exit 2; }
	$(Q)node tests/tools/listings.mjs $(LISTINGS) $<
