# Node.js programs as they are, watched by probes, by the agent and by both: published servers and pools,
# installed by lock file, under the node of the PATH and npm's Node.js 22, both stripped too.
build/npm/watched/.done: tests/watched/package.json tests/watched/package-lock.json
	$(call say,NPM)
	$(Q)$(call npm_install,tests/watched)

# What a probe looks for stays in a stripped program: it is among its dynamic symbols.
build/npm/stripped/node:
	@mkdir -p $(@D)
	$(call say,STRIP)
	$(Q)strip -o $@ $$(readlink -f $$(command -v node))
build/npm/stripped/node-22: build/npm/node-22/.done
	@mkdir -p $(@D)
	$(call say,STRIP)
	$(Q)strip -o $@ build/npm/node-22/node_modules/node/bin/node

# Probes in all of these; root, minutes. One file: make check-probes ONLY=k-probe
.PHONY: check-probes check-watched check-watched-listings
check-probes: $(PROGRAMS) build/npm/node-22/.done build/npm/stripped/node build/npm/stripped/node-22
	$(Q)ISOSCOPE_NODES=all ISOSCOPE_BIN=$(B)/bin node --test --test-concurrency=1 \
	  $(or $(ONLY:%=tests/scenario/%.test.mjs),$(wildcard tests/scenario/[kl]-*.test.mjs))

# Servers under load, pools that leak, containers, rules; root, minutes. One file: make check-watched ONLY=server
check-watched: $(PROGRAMS) build/npm/watched/.done
	$(Q)ISOSCOPE_BIN=$(B)/bin node --test --test-concurrency=1 $(or $(ONLY:%=tests/watched/%.test.mjs),tests/watched/)

# Published listings: make check-watched-listings LISTINGS=DIRECTORY [LISTING=003_016b]
check-watched-listings: $(PROGRAMS) build/npm/watched/.done
	$(Q)test -n "$(LISTINGS)" || { echo 'check-watched-listings: LISTINGS=DIRECTORY is missing' >&2; exit 2; }
	$(Q)ISOSCOPE_BIN=$(B)/bin node tests/watched/listings.mjs $(LISTINGS) $(LISTING)
