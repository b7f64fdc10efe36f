/*
 * Is there a trend in a short row of equally spaced values, and how steep: rank statistics that a
 * few wild values cannot move. Called by confirm.c and judge.c; owns nothing, allocates nothing.
 *
 *  - Mann-Kendall Z with the correction for ties (Mann 1945, Kendall 1975; variance as in Hirsch,
 *    Slack and Smith 1982): S = number of rising pairs - falling pairs,
 *    Var S = (k(k-1)(2k+5) - sum over tied groups t(t-1)(2t+5)) / 18.
 *  - Theil-Sen slope: the median of all pairwise slopes, with Sen's 95 % interval (Sen 1968): the
 *    slopes of rank (m -+ 1.96 sqrt(Var S)) / 2 out of m.
 */
#ifndef DETECT_RANK_H
#define DETECT_RANK_H

#include <stdint.h>

#define RANK_VALUES_MAX 32

struct rank_trend {
    double z;         /* Mann-Kendall; beyond +-1.96 is a trend with 95 % confidence */
    double slope;     /* Theil-Sen, per step */
    double low, high; /* Sen's 95 % interval of it */
    double start;     /* the line at the first value */
    double end;       /* the line at the last value */
};

/* `count` is 2..RANK_VALUES_MAX finite values. */
void rank_measure(const double *values, int count, struct rank_trend *trend);

/* Theil-Sen slope of values at unequal places, which grow: the median of (v_j - v_i) / (x_j - x_i).
 * `count` is 2..RANK_VALUES_MAX. */
double rank_slope_over(const uint64_t *places, const double *values, int count);

/* Slope by least squares, per step; `count` is at least 2. */
double rank_least_squares(const double *values, int count);

double rank_mean(const double *values, int count);

/* Median; reorders `values`. */
double rank_take_median(double *values, int count);

#endif
