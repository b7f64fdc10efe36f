# Snapshots read by memlab, which knows nothing of us. Installed by lock file under build/npm/heap,
# without the browser it would like to have.
build/npm/heap/.done: tests/heap/package.json tests/heap/package-lock.json
	$(call say,NPM)
	$(Q)export PUPPETEER_SKIP_DOWNLOAD=1; $(call npm_install,tests/heap)

.PHONY: check-heap
check-heap: $(B)/bin/isorun build/npm/heap/.done
	$(Q)ISORUN=$(CURDIR)/$(B)/bin/isorun node --test tests/heap/heap.test.mjs
