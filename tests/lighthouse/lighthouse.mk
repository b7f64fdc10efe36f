# What Lighthouse says of every view, on the real programs in Debian's Chromium: performance,
# accessibility and best practices, 95 at least. A minute and a half; one JSON line a view.
# RUNS=1 does not try again where the machine was busy; ONLY=overview looks at one view.

build/npm/lighthouse/.done: tests/lighthouse/package.json tests/lighthouse/package-lock.json
	$(call say,NPM)
	$(Q)$(call npm_install,tests/lighthouse)

.PHONY: check-lighthouse
check-lighthouse: $(B)/bin/isoscoped $(B)/bin/isorun build/npm/lighthouse/.done
	$(Q)env -u MAKEFLAGS ISOSCOPE_BIN=$(B)/bin RUNS=$(RUNS) ONLY=$(ONLY) node --test tests/lighthouse/lighthouse.mjs
