# The dashboard in a real Chromium, on the real programs. What the test needs from npm is installed by
# lock file under build/npm/e2e; the browser is Debian's. Pictures go to build/screenshots.

build/npm/e2e/.done: tests/e2e/package.json tests/e2e/package-lock.json
	$(call say,NPM)
	$(Q)$(call npm_install,tests/e2e)

# a day of history, written by the collector's own keeper
$(B)/tests/past: tests/tools/past.c $(patsubst %,$(B)/obj/daemon/%.o,history/pack history/track \
  history/disk history/keeper history/recall history/query model/history) $(BASE)
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $(filter %.c %.o,$^) -lsqlite3 -lm

.PHONY: check-e2e
check-e2e: $(B)/bin/isoscoped $(B)/bin/isorun $(B)/tests/past build/npm/e2e/.done
	$(Q)TICKS=20 ISOSCOPE_BIN=$(B)/bin node --test --test-concurrency=2 tests/e2e/*.test.mjs

# pictures of every view for people to look at, in build/screenshots; DOCS=1: docs/overview.png anew
.PHONY: pictures
pictures: $(B)/bin/isoscoped $(B)/bin/isorun build/npm/e2e/.done
	$(Q)DOCS=$(DOCS) ISOSCOPE_BIN=$(B)/bin node --test tests/e2e/pictures.mjs

# ten minutes of every view: nothing moves, nothing is said on the console
.PHONY: check-still
check-still: $(B)/bin/isoscoped $(B)/bin/isorun build/npm/e2e/.done
	$(Q)TICKS=600 ISOSCOPE_BIN=$(B)/bin node --test tests/e2e/still.test.mjs
