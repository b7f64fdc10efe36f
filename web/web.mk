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

# the page's first script and, one file each, what a view needs beyond it
$(WEB)/app.js: $(wildcard web/src/*.ts web/src/*/*.ts) build/npm/web/.done
	@mkdir -p $(@D)
	$(call say,BUNDLE)
	$(Q)rm -f $(WEB)/*.js $(WEB)/*.js.gz
	$(Q)$(ESBUILD_RUN) --format=esm --splitting --target=es2021 --charset=utf8 --entry-names=app \
	    --chunk-names=[name]-[hash] --outdir=$(WEB) web/src/main.ts
	$(Q)for file in $(WEB)/*.js; do gzip -9nc $$file > $$file.gz; done

# what app.js imports at once: the page asks for it before it has read app.js
FIRST = grep -o 'from"\./[^"]*\.js"' $(WEB)/app.js | cut -d/ -f2 | tr -d '"' | sort -u

$(WEB)/app.css: $(wildcard web/css/*.css) build/npm/web/.done
	@mkdir -p $(@D)
	$(call say,BUNDLE)
	$(Q)$(ESBUILD_RUN) --external:*.woff2 --outfile=$@ web/css/app.css

$(WEB)/index.html: web/index.html $(WEB)/app.js
	$(Q)links=$$($(FIRST) | sed 's|.*|<link rel="modulepreload" href="&">|' | tr -d '\n'); \
	  sed "s|^<script |$$links\n&|" $< > $@

# the typeface, one file for all weights, with its licence beside it
INTER := build/npm/web/node_modules/@fontsource-variable/inter
$(WEB)/inter.woff2 $(WEB)/inter.txt: build/npm/web/.done
	@mkdir -p $(@D)
	$(Q)cp $(INTER)/$(if $(filter %.txt,$@),LICENSE,files/inter-latin-wght-normal.woff2) $@

$(WEB)/%.gz: $(WEB)/%
	$(Q)gzip -9nc $< > $@

WEB_FILES := $(foreach f,index.html app.css,$(WEB)/$(f) $(WEB)/$(f).gz) $(WEB)/app.js \
             $(WEB)/inter.woff2 $(WEB)/inter.txt

$(B)/gen/web.S: tools/embed.sh $(WEB_FILES)
	@mkdir -p $(@D)
	$(call say,EMBED)
	$(Q)sh tools/embed.sh web_files $(filter-out %.js,$(filter $(WEB)/%,$^)) $(WEB)/*.js $(WEB)/*.js.gz > $@

.PHONY: web web-check web-size
web: $(WEB_FILES)

# types, strictly (esbuild only erases them), and the modules that need no browser
WEB_TESTS := $(patsubst tests/web/%,build/tests/web/%,$(wildcard tests/web/*.test.mjs))
build/tests/web/%.test.mjs: tests/web/%.test.mjs $(wildcard web/src/*.ts web/src/*/*.ts)
	@mkdir -p $(@D)
	$(Q)$(ESBUILD) --bundle --platform=node --format=esm --log-level=warning --outfile=$@ $<

# What a browser has to load before it shows something: page, script, style. The typeface comes after,
# and the other views; all that is there is bounded too.
WEB_FIRST_MOST := 87040
WEB_MOST := 153600
web-size: $(WEB_FILES)
	$(Q)first=$$(cat $(foreach f,index.html app.css app.js,$(WEB)/$(f).gz) \
	    $$($(FIRST) | sed 's|.*|$(WEB)/&.gz|') | wc -c); \
	  all=$$(cat $(WEB)/index.html.gz $(WEB)/app.css.gz $(WEB)/*.js.gz | wc -c); \
	  echo "the dashboard: $$first bytes compressed before it shows something, $$all in all"; \
	  [ $$first -le $(WEB_FIRST_MOST) ] && [ $$all -le $(WEB_MOST) ] || \
	  { echo "$(WEB_FIRST_MOST) and $(WEB_MOST) at most" >&2; exit 1; }

web-check: web-size build/npm/web/.done build/npm/e2e/.done $(WEB_TESTS)
	$(Q)node build/npm/e2e/node_modules/typescript/bin/tsc -p web
	$(Q)node --test $(WEB_TESTS)
