/*
 * What is remembered of one job name's live heap: the last 32 means at each of seven scales, in
 * fixed memory however long the isolate lives. Fed by judge.c, read by confirm.c.
 *
 *   samples -> median of the last three -> ring 0: 32 bins of 1 sample
 *                                          ring 1: 32 bins of 4 samples, each the mean of 4 below
 *                                          ...
 *                                          ring 6: 32 bins of 4096 samples
 *
 * The median removes single wild values (a collection that came too early). A rise shows on the
 * ring whose 32 bins it fills: a fast leak on ring 0, one that takes 100,000 jobs on ring 6.
 */
#ifndef DETECT_SCALES_H
#define DETECT_SCALES_H

#include <stdint.h>

#define SCALES_RINGS 7
#define SCALES_BINS  32
#define SCALES_RATIO 4 /* bins of one ring that make one of the next */

/* Half the width of doubles: seven digits are more than a heap repeats. */
struct scales_ring {
    float bins[SCALES_BINS];    /* [0, scales_length()), oldest first */
    uint32_t jobs[SCALES_BINS]; /* jobs there had been when each closed, modulo 2^32 */
    double pending;             /* sum of the bin that is being filled */
};

struct scales {
    uint64_t count;     /* samples since scales_clear() */
    double previous[2]; /* the two samples before, older first */
    struct scales_ring rings[SCALES_RINGS];
};

void scales_clear(struct scales *series);

/* Takes one sample in, after the `jobs`-th job. Rings [0, returned) closed a bin. */
int scales_add(struct scales *series, double value, uint64_t jobs);

/* The highest bin of all rings; 0 when there is none. */
double scales_highest(const struct scales *series);

/* Samples in one bin of ring `ring`. */
uint64_t scales_width(int ring);

/* Bins that ring `ring` has ever closed; of them it keeps the newest scales_length(). */
uint64_t scales_closed(const struct scales *series, int ring);
int scales_length(const struct scales *series, int ring);

/* The newest `count` bins of ring `ring`, which has that many, oldest first, into `bins`. */
void scales_copy(const struct scales *series, int ring, int count, double *bins);
/* How many jobs there had been when each of them closed, from the first of them on: not every job
 * is measured, and how many are changes with the load. */
void scales_copy_jobs(const struct scales *series, int ring, int count, uint64_t *jobs);
/* The mean of `count` bins beginning `back` before the end. */
double scales_mean(const struct scales *series, int ring, int back, int count);

#endif
