# What is not a program and not a test: dependencies, demonstration, layering, installation.

PREFIX  ?= /usr/local
DESTDIR ?=

.PHONY: deps deps-check demo layers symbols install

deps:
	$(Q)sh tools/deps.sh build
deps-check:
	$(Q)sh tools/deps.sh check

# A make variable SECONDS=40 ends it by itself; the shell's own SECONDS is not meant.
demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)sh demo/run.sh $(B)/bin $(if $(filter command%,$(origin SECONDS)),$(SECONDS))

layers:
	$(Q)sh tools/layers.sh
symbols: all
	$(Q)sh tools/symbols.sh $(BASE) $(WIRE) $(DETECT) $(RUNTIME) $(DAEMON) $(CTL) $(PROBES)

install: all
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/man/man3 $(DESTDIR)$(PREFIX)/share/man/man5 \
	  $(DESTDIR)/etc/isoscope
	$(Q)install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	$(Q)install -m 644 $(wildcard man/*.1) $(DESTDIR)$(PREFIX)/share/man/man1
	$(Q)install -m 644 $(wildcard man/*.3) $(DESTDIR)$(PREFIX)/share/man/man3
	$(Q)install -m 644 $(wildcard man/*.5) $(DESTDIR)$(PREFIX)/share/man/man5
	$(Q)install -m 644 etc/isoscope.yaml $(DESTDIR)/etc/isoscope
	$(Q)install -d $(DESTDIR)$(PREFIX)/share/isoscope/agent/node/lib
	$(Q)install -m 644 $(wildcard agent/node/*.*) $(DESTDIR)$(PREFIX)/share/isoscope/agent/node
	$(Q)install -m 644 $(wildcard agent/node/lib/*.js) $(DESTDIR)$(PREFIX)/share/isoscope/agent/node/lib

# docs/WIRE.md is printed by a program that is compiled from the tables it documents.
$(B)/tools/wire-doc: tools/wire-doc.c $(WIRE) $(BASE)
	@mkdir -p $(@D)
	$(call say,TOOL)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $(filter %.c %.o,$^) $(libs_wire)

.PHONY: docs/WIRE.md wire-doc-check check-documents
docs/WIRE.md: $(B)/tools/wire-doc
	$(Q)$(B)/tools/wire-doc > $@
wire-doc-check: $(B)/tools/wire-doc
	$(Q)$(B)/tools/wire-doc | diff -u docs/WIRE.md - || \
	  { echo 'docs/WIRE.md is not what the tables say: make docs/WIRE.md'; exit 1; }
check-documents: wire-doc-check

# The commented default configuration and its manual page come from daemon/keys.def.
$(B)/tools/config-doc: tools/config-doc.c $(filter $(B)/obj/daemon/config%,$(DAEMON)) $(BASE)
	@mkdir -p $(@D)
	$(call say,TOOL)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $(filter %.c %.o,$^) -lyaml -lm

.PHONY: config-documents config-doc-check man-check
config-documents: $(B)/tools/config-doc
	$(Q)$(B)/tools/config-doc yaml > etc/isoscope.yaml
	$(Q)$(B)/tools/config-doc man > man/isoscope.yaml.5
config-doc-check: $(B)/tools/config-doc
	$(Q)$(B)/tools/config-doc yaml | diff -u etc/isoscope.yaml - && \
	  $(B)/tools/config-doc man | diff -u man/isoscope.yaml.5 - || \
	  { echo 'not what daemon/keys.def says: make config-documents'; exit 1; }
# groff says on stderr what it does not understand
man-check:
	$(Q)for page in man/*.[135]; do \
	  told=$$(groff -man -Tutf8 -wall -z $$page 2>&1); \
	  [ -z "$$told" ] || { echo "$$page: $$told"; exit 1; }; done
check-documents: config-doc-check man-check
