/*
 * Simple detectors, and the first design of ours, to measure against: one series of one job name
 * in, "it rises" out. Called by compare.c. A threshold of each is chosen on the tuning half
 * (compare with `thresholds`), so that none is beaten by a constant that does not suit the corpus.
 * State is the caller's, zeroed at the start and by a recycle, except where a detector says
 * otherwise.
 */
#ifndef TESTS_CORPUS_BASELINES_H
#define TESTS_CORPUS_BASELINES_H

#include "detect/scales.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASELINES_WINDOW 30

struct baseline_state {
    uint64_t count; /* measured since the heap is fresh */
    double window[BASELINES_WINDOW];
    double mean, sigma; /* of the first samples */
    double sum;         /* what accumulates */
    int rises;
    /* of the first design */
    struct scales series;
    bool is_rising, has_fired;
    int ring;
    double slope;
    uint64_t seen, confirmed_at;
    int votes;
    double voted;
};

struct baseline {
    const char *name;
    double threshold; /* the one that was best on the tuning half */
    double tried[6];  /* those to choose from; 0 ends them */
    bool (*add)(struct baseline_state *state, double live, double limit, double threshold);
    bool (*recycle)(struct baseline_state *state, double limit); /* NULL: the state is zeroed */
};

/* Ends with a NULL name. */
extern const struct baseline baselines[];

/* first_design.c */
bool first_design_add(struct baseline_state *state, double live, double limit, double threshold);
bool first_design_recycle(struct baseline_state *state, double limit);

#endif
