# isoprobe: built where clang, bpftool and libbpf's headers are; elsewhere the rest is, and this says
# what is missing. The kernel's part becomes a header (probe.skel.h) that holds its bytes.

BPF_CLANG  ?= clang
BPFTOOL    ?= bpftool
BPF_ARCH   := $(shell uname -m)
BPF_HEADER := $(firstword $(wildcard /usr/include/bpf/libbpf.h /usr/local/include/bpf/libbpf.h))

PROBES_LACK := $(strip \
  $(if $(filter x86_64,$(BPF_ARCH)),,a-machine-other-than-$(BPF_ARCH)) \
  $(if $(shell command -v $(BPF_CLANG) 2>/dev/null),,clang) \
  $(if $(shell PATH=$$PATH:/usr/sbin command -v $(BPFTOOL) 2>/dev/null),,bpftool) \
  $(if $(BPF_HEADER),,libbpf-dev))

PROBES := $(filter-out %.bpf.o,$(call objects,probes))
LIBS_isoprobe := -lbpf -lelf -lz -ljansson -lnettle -lm

ifeq ($(PROBES_LACK),)
PROGRAMS += $(B)/bin/isoprobe
$(B)/bin/isoprobe: $(PROBES) $(WIRE) $(BASE)
else
.PHONY: probes-lack
probes-lack:
	@echo "  isoprobe is left out: no $(PROBES_LACK) (make deps)"
all: probes-lack
PROBES :=
endif

$(B)/gen/probe.bpf.o: probes/probe.bpf.c $(wildcard probes/bpf/*.h) probes/event.h probes/kernel.h
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(BPF_CLANG) -g -O2 -Wall -Werror -target bpf -D__TARGET_ARCH_x86 -I. \
	  -I/usr/include/$(BPF_ARCH)-linux-gnu -c -o $@ $<

$(B)/gen/probe.skel.h: $(B)/gen/probe.bpf.o
	$(call say,SKEL)
	$(Q)PATH=$$PATH:/usr/sbin $(BPFTOOL) gen skeleton $< name probe_bpf > $@

$(B)/obj/probes/loader.o: $(B)/gen/probe.skel.h
