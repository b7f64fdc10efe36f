/*
 * Whether it is worth to watch a word for a moment before sleeping on it: two futex calls and the wake-up
 * of a core cost more than most answers take. Learnt from the sleeps before, by each sleeper for itself;
 * a process with one core never watches. A struct belongs to one thread; zeroed is new.
 */
#ifndef RUNTIME_PATIENCE_H
#define RUNTIME_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct patience {
    uint32_t short_sleeps; /* in a row */
    uint32_t pause;        /* sleeps until it is tried again */
    uint32_t failures;     /* in a row; the pause doubles with each */
};

/* Watches `word` for at most 50 us and not beyond `deadline` (CLOCK_MONOTONIC ns) when that is worth it;
 * true when it is no longer `seen`. `now` is when the wait began. */
bool patience_watch(struct patience *patience, const _Atomic uint32_t *word, uint32_t seen, uint64_t now,
                    uint64_t deadline);
/* A sleep is over that began at `began` and ended because the word changed, or for another reason. */
void patience_learn(struct patience *patience, uint64_t began, bool is_changed);

#endif
