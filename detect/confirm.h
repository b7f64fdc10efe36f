/*
 * Is the newest stretch of a series a rise towards the limit, and not a cache that fills, a step or
 * noise? Called by judge.c each time a bin closes. Pure.
 *
 * A ramp is told from bounded growth by what bounded growth looks like: it comes in steps, bends
 * down, returns to where it has been before, or stays small against the room up to the limit.
 */
#ifndef DETECT_CONFIRM_H
#define DETECT_CONFIRM_H

#include "detect/scales.h"

#include <stdbool.h>

struct rise {
    int ring;          /* where it showed */
    double slope;      /* bytes per sample */
    double low, high;  /* 95 % interval of it */
    double stride;     /* jobs of this name for each of these samples, weighed as the slope is */
    uint64_t samples;  /* how many it spans, the newest included */
    double start;      /* live at its beginning, on the fitted line */
    double sigma;      /* standard deviation around the fit */
    double confidence; /* 0..1 */
};

/* True, with *rise filled, when the newest bins of `ring` are a confirmed rise. `limit` is in
 * bytes; INFINITY when it is not known. `ceiling` is the highest level known to have been harmless:
 * growth counts from there; 0 when there is none. */
bool confirm_rise(const struct scales *series, int ring, double limit, double ceiling,
                  struct rise *rise);

/* Jobs for each sample of a rise over the newest `count` bins of ring `ring` that is `slope` bytes
 * per sample steep; at least 1. */
double confirm_stride(const struct scales *series, int ring, int count, double slope);

/* The room for growth above `level` that a rise is weighed against. */
double confirm_headroom(double level, double limit);

#endif
