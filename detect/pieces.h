/*
 * Fits a row of values by pieces, each a constant or a straight line, and tells how badly each fit
 * misses: the sum of squared errors (SSE) of any piece in constant time from prefix sums,
 *   constant on [i,j):  sum v^2 - (sum v)^2 / n
 *   line on [i,j):      the same - (sum (x - mean x) v)^2 / (n (n^2 - 1) / 12)
 * Values are taken relative to the first one, so that a high level with small changes keeps its
 * precision. Called by confirm.c; owns nothing.
 */
#ifndef DETECT_PIECES_H
#define DETECT_PIECES_H

#include <stdbool.h>

#define PIECES_VALUES_MAX 32

struct pieces {
    int count;
    double sum[PIECES_VALUES_MAX + 1];    /* of v over [0,i) */
    double square[PIECES_VALUES_MAX + 1]; /* of v^2 */
    double moment[PIECES_VALUES_MAX + 1]; /* of x v */
};

/* `count` is 2..PIECES_VALUES_MAX. */
void pieces_init(struct pieces *pieces, const double *values, int count);

double pieces_constant_sse(const struct pieces *pieces, int from, int to);
double pieces_line_sse(const struct pieces *pieces, int from, int to);

/* Where a rise began: the split at which a constant followed by a line of at least `line_min`
 * values fits best; 0 when a line alone is nearly as good. *sse is the error of the fit chosen. */
int pieces_find_onset(const struct pieces *pieces, int line_min, double *sse);

/* SSE of the best fit by three constants; stops early, with a value below `enough`, once one is
 * found that is. */
double pieces_steps_sse(const struct pieces *pieces, double enough);

/* True when a few jumps (greedy splits) explain the values better than one straight line, each jump
 * paying two parameters by the Bayesian information criterion (Schwarz 1978). */
bool pieces_is_stairs(const struct pieces *pieces);

#endif
