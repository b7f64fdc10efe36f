/*
 * Where a figure is heading: lines through its last minute and its last five. One for each budget.
 * No I/O.
 */
#ifndef DAEMON_PROJECTION_H
#define DAEMON_PROJECTION_H

#include <stdint.h>

#define PROJECTION_SAMPLES 300
#define PROJECTION_RECENT  60

struct projection {
    double t[PROJECTION_SAMPLES], value[PROJECTION_SAMPLES];
    uint32_t count, next; /* a circle */
};

/* One sample a second: earlier ones than that are ignored. */
void projection_add(struct projection *projection, double t, double value);

/* Units a second at which the figure rises, when it clearly does: the slope is beyond what the
 * line's own scatter explains, and it rose by at least `least` within the samples. The slower of
 * the two lines counts, so that the tooth of a saw is no trend. NaN otherwise. */
double projection_slope(const struct projection *projection, double least);

/* Seconds from the oldest sample to the newest. */
double projection_span(const struct projection *projection);

#endif
