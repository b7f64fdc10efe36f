# The dashboard: TypeScript bundled by esbuild into build/web, built into isoscoped as files of
# the table `web_files` (base/embed.h), each also compressed as NAME.gz. What comes from npm is
# installed by lock file under build/npm; nothing of it is in the tree.

ESBUILD ?= esbuild
NPM     ?= npm
WEB     := build/web

# build/npm/NAME/.done: what NAME/package-lock.json says, installed
npm_install = mkdir -p $(@D) && cp $(1)/package.json $(1)/package-lock.json $(@D)/ && \
              cd $(@D) && $(NPM) ci --no-audit --no-fund --loglevel=error >/dev/null && touch .done

build/npm/web/.done: web/package.json web/package-lock.json
	$(call say,NPM)
	$(Q)$(call npm_install,web)

ESBUILD_RUN = NODE_PATH=build/npm/web/node_modules $(ESBUILD) --bundle --minify --log-level=warning

$(WEB)/app.js: $(wildcard web/src/*.ts) build/npm/web/.done
	@mkdir -p $(@D)
	$(call say,BUNDLE)
	$(Q)$(ESBUILD_RUN) --format=iife --target=es2021 --charset=utf8 --outfile=$@ web/src/main.ts

$(WEB)/app.css: $(wildcard web/css/*.css) build/npm/web/.done
	@mkdir -p $(@D)
	$(call say,BUNDLE)
	$(Q)$(ESBUILD_RUN) --external:*.woff2 --outfile=$@ web/css/app.css

$(WEB)/index.html: web/index.html
	@mkdir -p $(@D)
	$(Q)cp $< $@

# the typeface, one file for all weights, with its licence beside it
INTER := build/npm/web/node_modules/@fontsource-variable/inter
$(WEB)/inter.woff2 $(WEB)/inter.txt: build/npm/web/.done
	@mkdir -p $(@D)
	$(Q)cp $(INTER)/$(if $(filter %.txt,$@),LICENSE,files/inter-latin-wght-normal.woff2) $@

$(WEB)/%.gz: $(WEB)/%
	$(Q)gzip -9nc $< > $@

WEB_FILES := $(foreach f,index.html app.js app.css,$(WEB)/$(f) $(WEB)/$(f).gz) \
             $(WEB)/inter.woff2 $(WEB)/inter.txt

$(B)/gen/web.S: tools/embed.sh $(WEB_FILES)
	@mkdir -p $(@D)
	$(call say,EMBED)
	$(Q)sh tools/embed.sh web_files $(WEB_FILES) > $@

.PHONY: web web-check web-size
web: $(WEB_FILES)

# types, strictly (esbuild only erases them), and the modules that need no browser
WEB_TESTS := $(patsubst tests/web/%,build/tests/web/%,$(wildcard tests/web/*.test.mjs))
build/tests/web/%.test.mjs: tests/web/%.test.mjs $(wildcard web/src/*.ts)
	@mkdir -p $(@D)
	$(Q)$(ESBUILD) --bundle --platform=node --format=esm --log-level=warning --outfile=$@ $<

# What a browser has to load before it shows something: page, script, style. The typeface comes after.
WEB_MOST := 153600
WEB_LOADED := $(foreach f,index.html app.js app.css,$(WEB)/$(f).gz)
web-size: $(WEB_LOADED)
	$(Q)size=$$(cat $^ | wc -c); [ $$size -le $(WEB_MOST) ] || \
	  { echo "the dashboard is $$size bytes compressed, $(WEB_MOST) at most" >&2; exit 1; }

web-check: web-size build/npm/web/.done build/npm/e2e/.done $(WEB_TESTS)
	$(Q)node build/npm/e2e/node_modules/typescript/bin/tsc -p web
	$(Q)node --test $(WEB_TESTS)
