# Isoscope: one Makefile, everything it makes under build/. `make help` lists the targets.
#   V=1            show the commands
#   SAN=address    AddressSanitizer + UndefinedBehaviorSanitizer, in build/address/
#   SAN=thread     ThreadSanitizer, in build/thread/

VERSION := 0.1.0
SAN     ?=
B       := build$(if $(SAN),/$(SAN))
Q       := $(if $(V),,@)
say     = $(if $(V),@:,@printf '  %-7s %s\n' $(1) $(patsubst $(CURDIR)/%,%,$@))

CC      ?= gcc
DUKTAPE ?= /usr/share/duktape

# With address: what is built in a third of the time, and tells its lines. Not with thread, which has room for
# 65,536 calls in each other; less is inlined by -O1. Warnings are the plain build's: some of them guess
# otherwise where less is known of the code.
CFLAGS  ?= $(if $(filter address,$(SAN)),-O1 -g1,-O2 $(if $(SAN),-g1,-g))
WARN    := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
           -Wpointer-arith -Wwrite-strings -Wundef -Wformat=2 -Wno-format-nonliteral
SANFLAGS_address := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SANFLAGS_thread  := -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan
override CFLAGS  += -std=c11 -pthread $(if $(SAN),-w,$(WARN)) $(SANFLAGS_$(SAN))
CPPFLAGS += -D_GNU_SOURCE -DISOSCOPE_VERSION='"$(VERSION)"' -I. -I$(B)/gen -MMD -MP
LDFLAGS  += -pthread $(SANFLAGS_$(SAN))

.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all help clean

# ---- the layers, lowest first; each is an archive its users link ---------------------------------
objects = $(patsubst %.c,$(B)/obj/%.o,$(wildcard $(addsuffix /*.c,$(1))))

BASE    := $(call objects,base)
WIRE    := $(call objects,wire)
DETECT  := $(call objects,detect)
RUNTIME := $(call objects,runtime runtime/bind) $(B)/obj/runtime/engine/unity.o $(B)/obj/gen/js.o
DAEMON  := $(call objects,daemon $(addprefix daemon/,ingest model judge notify history views http)) \
           $(B)/obj/gen/web.o $(B)/obj/gen/api.o
CTL     := $(call objects,ctl)

PROGRAMS := $(B)/bin/isorun $(B)/bin/isoscoped $(B)/bin/isoctl
include probes/probes.mk
LIBS_isorun    := -luv -ljansson -lnettle -lm
LIBS_isoscoped := -lmicrohttpd -lcurl -lsqlite3 -ljansson -lyaml -lnettle -lm
LIBS_isoctl    := -lcurl -ljansson -lncursesw -ltinfo -lyaml -lnettle -lm

all: $(PROGRAMS)

$(B)/bin/isorun: $(RUNTIME) $(WIRE) $(BASE)
$(B)/bin/isoscoped: $(DAEMON) $(DETECT) $(WIRE) $(BASE)
$(B)/bin/isoctl: $(CTL) $(DETECT) $(WIRE) $(BASE)

$(PROGRAMS):
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS_$(@F))

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/obj/gen/%.o: $(B)/gen/%.S
	@mkdir -p $(@D)
	$(call say,AS)
	$(Q)$(CC) -c -o $@ $<

# ---- the engine: Debian's amalgam with our patches, configuration and layer, in one unit ----------
include runtime/engine/engine.mk

# ---- files built into the programs -----------------------------------------------------------------
JS := $(sort $(wildcard runtime/js/*.js)) $(B)/gen/lower.js
$(B)/gen/js.S: tools/embed.sh $(JS)
	@mkdir -p $(@D)
	$(call say,EMBED)
	$(Q)sh tools/embed.sh runtime_js_files $(JS) > $@

$(B)/gen/api.S: tools/embed.sh daemon/views/openapi.json
	@mkdir -p $(@D)
	$(call say,EMBED)
	$(Q)sh tools/embed.sh routes_files daemon/views/openapi.json > $@

include web/web.mk
include runtime/lower/lower.mk

# ---- tests, tools, demo ------------------------------------------------------------------------------
include tests/tests.mk
include bench/bench.mk
include tools/tools.mk

clean:
	$(Q)rm -rf build

help:
	@echo 'make             build the programs into build/bin'
	@echo 'make deps        install what is missing from Debian and npm (root or sudo)'
	@echo 'make demo        install, build and run the demonstration; SECONDS=40 ends by itself'
	@echo 'make check       install what tests need and run all of them'
	@echo 'make check-differential   what isorun prints against what Node 20 prints'
	@echo 'make bench       measure the hot paths beside their peers, one JSON line each'
	@echo 'make fuzz        fuzz the decoders; FUZZ_SECONDS=60 each'
	@echo 'make layers      check who includes whom'
	@echo 'make install     DESTDIR= PREFIX=/usr/local'
	@echo 'make clean'
	@echo 'V=1 shows commands, SAN=address|thread builds with sanitizers'

# Who says BUILT=yes has just built all, and something else beside it may be writing such files now.
ifndef BUILT
-include $(shell find $(B)/obj $(B)/tests -name '*.d' 2>/dev/null)
endif
