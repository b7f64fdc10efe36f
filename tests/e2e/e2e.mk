# The dashboard in a real Chromium, on the real programs. What the test needs from npm is installed by
# lock file under build/npm/e2e; the browser is Debian's. Pictures go to build/screenshots.

build/npm/e2e/.done: tests/e2e/package.json tests/e2e/package-lock.json
	$(call say,NPM)
	$(Q)$(call npm_install,tests/e2e)

.PHONY: check-e2e
check-e2e: $(B)/bin/isoscoped $(B)/bin/isorun build/npm/e2e/.done
	$(Q)ISOSCOPE_BIN=$(B)/bin node --test tests/e2e/*.test.mjs

# pictures of every view for people to look at, in build/screenshots
.PHONY: pictures
pictures: $(B)/bin/isoscoped $(B)/bin/isorun build/npm/e2e/.done
	$(Q)ISOSCOPE_BIN=$(B)/bin node --test tests/e2e/pictures.mjs
