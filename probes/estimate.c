/*
 * Called by heaps.c for each collection. Owns nothing. Invariant: what it tells is never more than is
 * in use; where garbage comes at the rate it came at, or rises were garbage before, it is no rise.
 */
#include "probes/estimate.h"

#include "wire/layout.h"

#include <math.h>

#define MINORS_LEAST 3 /* in a span that is believed; where full ones come so often, they do */

void estimate_init(struct estimate *estimate)
{
    *estimate = (struct estimate){.live = WIRE_UNKNOWN, .jobs = WIRE_UNKNOWN};
}

/* What the span that ends now was like. */
static void add_span(struct estimate *estimate, uint64_t live, uint64_t jobs)
{
    double rise = (double)estimate->used - (double)estimate->live;
    double garbage = (double)estimate->used - (double)live;

    if (estimate->minors < MINORS_LEAST || rise <= 0 || jobs <= estimate->jobs) {
        return;
    }
    estimate->spans[estimate->spans_seen++ % ESTIMATE_SPANS] = (struct estimate_span){
        .kept = fmax(0, fmin(1, 1 - garbage / rise)),
        .waste = fmax(0, garbage) / (double)(jobs - estimate->jobs),
    };
}

void estimate_full(struct estimate *estimate, uint64_t live, uint64_t jobs)
{
    if (estimate->live != WIRE_UNKNOWN) {
        add_span(estimate, live, jobs);
    }
    estimate->live = live;
    estimate->jobs = jobs;
    estimate->minors = 0;
}

uint64_t estimate_minor(struct estimate *estimate, uint64_t used, uint64_t jobs)
{
    double kept = 1, waste = 0;

    estimate->used = used;
    estimate->minors++;
    if (estimate->live == WIRE_UNKNOWN || estimate->spans_seen < ESTIMATE_SPANS ||
        estimate->minors < MINORS_LEAST) {
        return WIRE_UNKNOWN;
    }
    if (used <= estimate->live) {
        return used;
    }
    for (int i = 0; i < ESTIMATE_SPANS; i++) {
        kept = fmin(kept, estimate->spans[i].kept);
        waste = fmax(waste, estimate->spans[i].waste);
    }
    double rise = (double)(used - estimate->live);
    double by_rate = rise - waste * (double)(jobs - estimate->jobs);
    return estimate->live + (uint64_t)fmax(0, fmin(kept * rise, by_rate));
}
