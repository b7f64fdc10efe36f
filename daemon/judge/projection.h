/*
 * Where a figure is heading, by what was seen of it: lines through its last minute and its last five,
 * and, where the limit is nearer than a minute, lines through its last seconds. One for each budget.
 * No I/O.
 */
#ifndef DAEMON_PROJECTION_H
#define DAEMON_PROJECTION_H

#include <stdbool.h>
#include <stdint.h>

#define PROJECTION_SAMPLES 300 /* a second apart */
#define PROJECTION_RECENT  60
#define PROJECTION_QUICK   48 /* one a tick, the last ten seconds at the usual tick */

struct projection {
    struct {
        double t[PROJECTION_SAMPLES], value[PROJECTION_SAMPLES];
        double top[PROJECTION_SAMPLES]; /* the highest until the next sample */
        uint32_t count, next;           /* circles */
    } slow;
    struct {
        double t[PROJECTION_QUICK], value[PROJECTION_QUICK];
        uint32_t count, next;
    } quick;
};

/* A rise that is beyond what the line's own scatter explains. */
struct trend {
    double slope; /* units a second */
    double error; /* standard error of the slope */
    double span;  /* seconds it was seen for */
};

/* A sample, each tick. */
void projection_add(struct projection *projection, double t, double value);

/* The rise of minutes: at least `least` within the samples, the slower of the two lines, so that the
 * tooth of a saw is no trend. False when there is none that is clear. */
bool projection_find(const struct projection *projection, double least, struct trend *trend);

/*
 * The rise of seconds, when two thirds of its way to `missing` units above the newest sample lie
 * behind it and it goes where the figure has not been within five minutes. False otherwise.
 */
bool projection_find_quick(const struct projection *projection, double missing, struct trend *trend);

/* How sure it is that the true pace is within a quarter of the trend's, 0 to 1. */
double projection_confidence(const struct trend *trend);

#endif
