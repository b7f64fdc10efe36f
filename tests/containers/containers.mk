# Containers of 512 MB that fill up, as memory cgroups (root, version 1; skipped elsewhere): the budget
# alert before the kernel's kill, and no kill with recycling. About a quarter of an hour, 6 GB; parts:
# make check-containers CONTAINERS="--only kill --speeds 20,50 --runs 4"
.PHONY: check-containers
check-containers: $(PROGRAMS)
	$(Q)ISOSCOPE_BIN=$(B)/bin node tests/containers/run.mjs $(CONTAINERS) || [ $$? -eq 77 ]

# A clean, noisy pool at a thousand jobs a second, in a container: no alert. make check-noisy SECONDS=600
.PHONY: check-noisy
check-noisy: $(PROGRAMS)
	$(Q)ISOSCOPE_BIN=$(B)/bin node tests/containers/noisy.mjs $(or $(SECONDS),600)
