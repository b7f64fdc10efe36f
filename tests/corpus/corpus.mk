# The labelled corpus of the drift detector: made from its seeds when it is used, never kept.
CORPUS_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(addprefix tests/corpus/,world.c clean.c leaks.c sets.c))

$(B)/tests/generate: $(B)/obj/tests/corpus/generate.o $(CORPUS_OBJECTS)
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lm
