# Debian ships Duktape as one amalgam (package duktape-dev). A copy in build/ gets our pinned patches,
# which must apply without fuzz, and our configuration through the hook in duk_config.h.
ENGINE_GEN     := $(B)/gen/duktape
ENGINE_SOURCES := duktape.c duk_config.h duktape.h
ENGINE_PATCHES := $(sort $(wildcard runtime/engine/patches/*.patch))

ENGINE_READY := $(ENGINE_GEN)/ready
# The directory stands for a patch that was taken away.
$(ENGINE_READY): $(ENGINE_PATCHES) runtime/engine/patches runtime/engine/engine.mk runtime/engine/duktape.sha256
	$(call say,PATCH)
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)cd $(DUKTAPE) && sha256sum --check --quiet $(CURDIR)/runtime/engine/duktape.sha256 >&2 || { \
	  echo 'engine: $(DUKTAPE) is not the Duktape 2.7.0 of duktape-dev 2.7.0-2: run make deps,' \
	       'or set DUKTAPE= to a directory with that amalgam' >&2; exit 1; }
	$(Q)cp $(addprefix $(DUKTAPE)/,$(ENGINE_SOURCES)) $(@D)/ && chmod u+w $(@D)/*
	$(Q)sed -i 's|^/\* __OVERRIDE_DEFINES__ \*/$$|#include "runtime/engine/config.h"|' $(@D)/duk_config.h
	$(Q)grep -q 'runtime/engine/config.h' $(@D)/duk_config.h
	$(Q)for patch in $(ENGINE_PATCHES); do \
	  patch -F0 -s --no-backup-if-mismatch -d $(@D) -p1 < $$patch || exit 1; done
	$(Q)touch $@

CPPFLAGS += -isystem $(ENGINE_GEN)
$(RUNTIME): | $(ENGINE_READY)

# What Unicode properties in regular expressions mean, as the Node of the build knows them.
ENGINE_UNICODE := build/gen/unicode/unicode_properties.h
$(ENGINE_UNICODE): runtime/engine/unicode.mjs build/npm/lower/.done
	@mkdir -p $(@D)
	$(call say,UNICODE)
	$(Q)node $< build/npm/lower/node_modules/acorn/dist/acorn.mjs $@
CPPFLAGS += -isystem build/gen/unicode

# The same unit, collecting at every allocation, for the tests that look for unrooted values; and with
# dieAt(n) for scripts, which ends their isolate n allocations later, for those of death at any place.
ENGINE_TORTURE := $(B)/obj/runtime/engine/torture.o
ENGINE_MORTAL  := $(B)/obj/runtime/engine/mortal.o
$(ENGINE_TORTURE): engine_variant := -DENGINE_TORTURE
$(ENGINE_MORTAL): engine_variant := -DENGINE_MORTAL
$(B)/obj/runtime/engine/unity.o $(ENGINE_TORTURE) $(ENGINE_MORTAL): runtime/engine/unity.c $(ENGINE_READY) $(ENGINE_UNICODE)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(engine_variant) -c -o $@ $<

$(B)/tests/isorun-torture: $(ENGINE_TORTURE)
$(B)/tests/isorun-mortal: $(ENGINE_MORTAL)
$(B)/tests/isorun-torture $(B)/tests/isorun-mortal: $(filter-out %/unity.o,$(RUNTIME)) $(WIRE) $(BASE)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS_isorun)

ENGINE_TORTURED := $(addprefix $(B)/tests/runtime/,clone_torture engine_torture snapshot_torture \
                   profile_torture)
$(B)/tests/runtime/%_torture: tests/unit/runtime/%_test.c $(RUNTIME) $(WIRE) $(BASE) $(ENGINE_TORTURE)
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -DENGINE_TORTURE -Wno-unused-function $(LDFLAGS) -MF $@.d -o $@ $< \
	  $(filter-out %/main.o %/unity.o,$(filter %.o,$^)) -lcmocka $(LIBS_isorun)

.PHONY: check-torture
check-torture: $(ENGINE_TORTURED)
	$(Q)sh tests/run-unit.sh $^
