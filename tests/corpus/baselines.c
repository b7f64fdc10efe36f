/* The simple detectors. A window is the newest BASELINES_WINDOW samples. */
#include "tests/corpus/baselines.h"

#include "detect/rank.h"

#include <math.h>
#include <string.h>

#define SETTLE 20 /* samples from which level and noise are learnt */

static bool push(struct baseline_state *state, double live)
{
    memmove(state->window, state->window + 1, sizeof state->window - sizeof state->window[0]);
    state->window[BASELINES_WINDOW - 1] = live;
    return ++state->count >= BASELINES_WINDOW;
}

/* Learns from the first samples; false while it does. */
static bool is_settled(struct baseline_state *state, double live, int samples)
{
    if (state->count >= (uint64_t)samples) {
        return true;
    }
    push(state, live);
    if (state->count == (uint64_t)samples) {
        const double *first = state->window + BASELINES_WINDOW - samples;
        double square = 0;
        state->mean = rank_mean(first, samples);
        for (int i = 0; i < samples; i++) {
            square += (first[i] - state->mean) * (first[i] - state->mean);
        }
        state->sigma = fmax(sqrt(square / (samples - 1)), 1e-3 * state->mean);
    }
    return false;
}

static bool fixed_threshold(struct baseline_state *state, double live, double limit,
                            double threshold)
{
    (void)limit;
    return is_settled(state, live, 8) && live > threshold * state->mean;
}

static bool rises_in_a_row(struct baseline_state *state, double live, double limit,
                           double threshold)
{
    (void)limit;
    state->rises = state->count++ > 0 && live > state->sum ? state->rises + 1 : 0;
    state->sum = live;
    return state->rises >= threshold;
}

/* Without the correction for ties. */
static double kendall_z(const double *values, int count)
{
    double score = 0;
    for (int i = 0; i < count; i++) {
        for (int j = i + 1; j < count; j++) {
            score += (values[j] > values[i]) - (values[j] < values[i]);
        }
    }
    return score / sqrt(count * (count - 1.0) * (2 * count + 5) / 18);
}

static bool mann_kendall(struct baseline_state *state, double live, double limit, double threshold)
{
    (void)limit;
    return push(state, live) && kendall_z(state->window, BASELINES_WINDOW) > threshold;
}

/* Student's t of the slope. */
static bool linear_regression(struct baseline_state *state, double live, double limit,
                              double threshold)
{
    (void)limit;
    const int count = BASELINES_WINDOW;
    double error = 0, spread = count * ((double)count * count - 1) / 12;
    if (!push(state, live)) {
        return false;
    }
    double slope = rank_least_squares(state->window, count), mean = rank_mean(state->window, count);
    for (int i = 0; i < count; i++) {
        double off = state->window[i] - mean - slope * (i - (count - 1) / 2.0);
        error += off * off;
    }
    return slope / sqrt(fmax(error, 1) / (count - 2) / spread) > threshold;
}

/* Upwards, with half a standard deviation of slack. */
static bool cusum(struct baseline_state *state, double live, double limit, double threshold)
{
    (void)limit;
    if (!is_settled(state, live, SETTLE)) {
        return false;
    }
    state->sum = fmax(0, state->sum + (live - state->mean) / state->sigma - 0.5);
    return state->sum > threshold;
}

/* A share of the way from the first level to the limit. */
static bool headroom_share(struct baseline_state *state, double live, double limit,
                           double threshold)
{
    double end = isnan(limit) ? 4096 * 1048576.0 : limit;
    return is_settled(state, live, 8) && live > state->mean + threshold * (end - state->mean);
}

const struct baseline baselines[] = {
    {"fixed threshold (live > x times the first level)",
     8,
     {2, 3, 5, 8, 12},
     fixed_threshold,
     NULL},
    {"five rises in a row", 5, {5}, rises_in_a_row, NULL},
    {"x rises in a row", 25, {10, 12, 15, 20, 25}, rises_in_a_row, NULL},
    {"Mann-Kendall alone (Z > x over 30)", 7.6, {6, 6.5, 7, 7.3, 7.6}, mann_kendall, NULL},
    {"linear regression (t > x over 30)", 160, {20, 40, 80, 160, 320}, linear_regression, NULL},
    {"CUSUM (sum > x sigma)", 2000, {500, 2000, 8000, 30000, 100000}, cusum, NULL},
    {"share of the headroom (x of the way)", 0.4, {0.2, 0.3, 0.4, 0.5, 0.7}, headroom_share, NULL},
    {"first design of ours", 1, {1}, first_design_add, first_design_recycle},
    {NULL, 0, {0}, NULL, NULL},
};
