# The published pools under isorun, installed by lock file: the same programs print what they print
# under Node. Also the peer of bench/pool.js.
build/npm/pools/.done: tests/pools/package.json tests/pools/package-lock.json
	$(call say,NPM)
	$(Q)$(call npm_install,tests/pools)

.PHONY: check-pools
check-pools: $(B)/bin/isorun build/npm/pools/.done
	$(Q)node tests/pools/run.mjs $(CURDIR)/$(B)/bin/isorun $(CURDIR)/build/npm/pools/node_modules
