# Fuzzing of everything that comes from another process (libFuzzer, clang). Each target starts from
# its kept corpus in tests/fuzz/corpus/TARGET; what it finds beyond grows in build/fuzz/corpus.
#   make fuzz FUZZ_SECONDS=60            each target for so long; ONLY=segment for one
#   make fuzz-corpus                     the kept corpora and a few seconds more (part of make check)
#   make fuzz-seeds                      writes the valid seeds anew, after a change of layout

FUZZ_CC      ?= clang
FUZZ_SECONDS ?= 60
FUZZ_QUICK   := 3
FUZZ_NAMES   := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ         := $(addprefix build/fuzz/,$(FUZZ_NAMES))
FUZZ_FLAGS   := -std=c11 -g -O1 -D_GNU_SOURCE -DISOSCOPE_VERSION='"fuzz"' -I. -MMD -MP \
                -fno-sanitize-recover=all -fsanitize=address,undefined
# an archive, so that a target takes in what it calls and no more
FUZZ_OBJECTS := $(patsubst %.c,build/fuzz/obj/%.o,$(filter-out %/main.c,$(wildcard base/*.c wire/*.c \
                detect/*.c daemon/*.c daemon/*/*.c tests/fuzz/collector.c \
                runtime/*.c runtime/bind/*.c))) build/fuzz/obj/runtime/engine/unity.o
# the runtime's: the engine that was patched for the programs, the files embedded in them
FUZZ_FLAGS   += -isystem build/gen/duktape -Ibuild/gen -Ibuild/gen/unicode -Wno-everything
# Duktape adds zero to null pointers, which it may where it runs
build/fuzz/obj/runtime/engine/unity.o: FUZZ_FLAGS += -fno-sanitize=undefined
$(FUZZ_OBJECTS): | build/gen/duktape/ready build/gen/lower_version.h $(ENGINE_UNICODE)

build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,FUZZ)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

build/fuzz/all.a: $(FUZZ_OBJECTS)
	$(call say,AR)
	$(Q)rm -f $@ && ar rc $@ $^

$(FUZZ): build/fuzz/%: tests/fuzz/%_fuzz.c tests/fuzz/fuzz.h build/fuzz/all.a build/obj/gen/js.o
	$(call say,FUZZ)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer -MF $@.d -o $@ $(filter %.c %.o,$^) $(filter %.a,$^) \
	  -ljansson -lyaml -luv -lnettle $(LIBS_fuzz_$(@F)) -lm

# isoctl's own decoders, and what they are linked with
LIBS_fuzz_blackbox := -lcurl
build/fuzz/blackbox: $(patsubst %,build/fuzz/obj/ctl/%.o,blackbox events answer client table)

build/fuzz/trace: build/fuzz/obj/ctl/trace.o

$(B)/fuzz/seeds: tests/fuzz/seeds.c $(call no_main,$(RUNTIME)) $(WIRE) $(BASE)
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $(filter %.c %.o,$^) \
	  $(LIBS_isorun)

.PHONY: fuzz fuzz-corpus fuzz-seeds
ifeq ($(shell command -v $(FUZZ_CC)),)
fuzz fuzz-corpus:
	@echo 'SKIPPED: fuzzing needs $(FUZZ_CC), which is not installed (make deps)'
else
fuzz: $(FUZZ)
	$(Q)sh tests/fuzz/run.sh $(FUZZ_SECONDS) $(or $(ONLY),$(FUZZ_NAMES))
fuzz-corpus: $(FUZZ)
	$(Q)sh tests/fuzz/run.sh $(FUZZ_QUICK) $(FUZZ_NAMES)
endif
fuzz-seeds: $(B)/fuzz/seeds
	$(Q)$(B)/fuzz/seeds tests/fuzz/corpus

ifndef BUILT
-include $(shell find build/fuzz -name '*.d' 2>/dev/null)
endif
