# Isolates that die anywhere: each piece of tests/hostile/pieces.js in workers that are ended at their
# STEPth, 2 * STEPth ... allocation, by their limit and by being told to in turn. Nothing may crash or be
# left behind; SAN=address says so for all that is not an isolate's heap. A few minutes; STEP=1 is all.
.PHONY: check-hostile
check-hostile: $(B)/tests/isorun-mortal
	$(Q)MORTAL_STEP=$(or $(STEP),47) MORTAL_MAPPINGS=$(if $(SAN),1000,150) XDG_CACHE_HOME=$(CURDIR)/build/cache \
	  $< --expose-gc --collector none tests/hostile/mortal.js $(ONLY)
