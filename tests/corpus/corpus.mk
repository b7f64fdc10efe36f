# The labelled corpus of the drift detector: made from its seeds when it is used, never kept.
CORPUS_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(addprefix tests/corpus/,world.c clean.c leaks.c sets.c))

$(B)/tests/generate: $(B)/obj/tests/corpus/generate.o $(CORPUS_OBJECTS)
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lm

$(B)/tests/compare: $(B)/obj/tests/corpus/compare.o $(B)/obj/tests/corpus/baselines.o \
  $(B)/obj/tests/corpus/first_design.o $(CORPUS_OBJECTS) $(B)/obj/ctl/score.o $(DETECT) $(BASE)
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lm

$(B)/tests/cost: $(B)/obj/tests/corpus/cost.o $(CORPUS_OBJECTS) $(DETECT) $(BASE)
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lm

CORPUS := $(B)/bin/isoctl $(B)/tests/generate $(B)/tests/compare
.PHONY: check-corpus check-corpus-days bench-drift bench-ablation
# The promised figures on the evaluation half: seconds. In `make check`.
check-corpus: $(CORPUS)
	$(Q)node tests/corpus/judge.mjs $(B) check
# The same of DAYS clean worker-days (1,000) and 20,000 fresh isolates: minutes of both processors.
check-corpus-days: $(CORPUS)
	$(Q)node tests/corpus/judge.mjs $(B) days $(or $(DAYS),1000)
# The table of docs/detector.md and the cost of a sample.
bench-drift: $(CORPUS) $(B)/tests/cost
	$(Q)$(B)/tests/cost
	$(Q)node tests/corpus/judge.mjs $(B) table
# What each part of the detector buys.
bench-ablation: $(CORPUS)
	$(Q)CC="$(CC)" LIBS="$(LIBS_isoctl)" node tests/corpus/judge.mjs $(B) ablation
