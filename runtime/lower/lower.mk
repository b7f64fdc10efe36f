# The lowerer: acorn (by lock file, installed under build/npm) and our passes, bundled to one ES5 text
# that is embedded as the built-in module `lower`. Identifiers stay as written: the engine's built-in
# functions are constructors only when their names say so, and stacks stay readable.
build/npm/lower/.done: runtime/lower/package.json runtime/lower/package-lock.json
	$(call say,NPM)
	$(Q)$(call npm_install,runtime/lower)

LOWER_BUNDLE := NODE_PATH=build/npm/lower/node_modules $(ESBUILD) --bundle --minify-whitespace \
                --log-level=warning --target=es5

$(B)/gen/lower.js: $(wildcard runtime/lower/*.js) build/npm/lower/.done
	@mkdir -p $(@D)
	$(call say,BUNDLE)
	$(Q)$(LOWER_BUNDLE) --format=cjs --outfile=$@ runtime/lower/lower.js

# What was lowered stays valid for as long as this is the same.
$(B)/gen/lower_version.h: $(B)/gen/lower.js $(wildcard runtime/js/lowered*.js) $(ENGINE_PATCHES)
	$(Q)printf '#define LOWER_VERSION "%s"\n' $$(cat $^ | sha256sum | cut -c1-32) > $@
$(B)/obj/runtime/lower_cache.o: $(B)/gen/lower_version.h

# the passes, tested by Node
LOWER_TESTS := $(patsubst tests/lower/%,build/tests/lower/%,$(wildcard tests/lower/*.test.mjs))
build/tests/lower/%.test.mjs: tests/lower/%.test.mjs $(wildcard runtime/lower/*.js) build/npm/lower/.done
	@mkdir -p $(@D)
	$(Q)NODE_PATH=build/npm/lower/node_modules $(ESBUILD) --bundle --platform=node --format=esm \
	  --log-level=warning --outfile=$@ $<

.PHONY: check-lower
check-lower: $(LOWER_TESTS)
	$(Q)node --test $(LOWER_TESTS)
