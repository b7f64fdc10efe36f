# The API against its own document, by programs that know nothing of us. Installed by lock file under
# build/npm/api.
build/npm/api/.done: tests/api/package.json tests/api/package-lock.json
	$(call say,NPM)
	$(Q)$(call npm_install,tests/api)

.PHONY: check-api
check-api: $(B)/bin/isoscoped $(B)/bin/isorun build/npm/api/.done
	$(Q)ISOSCOPE_BIN=$(B)/bin node --test tests/api/api.test.mjs
