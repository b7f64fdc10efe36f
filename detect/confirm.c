/*
 * The decision whether a rise is real, in the order of cost: two comparisons refuse nearly every
 * sample, prefix sums most of the rest, and only what is left pays for rank statistics. The
 * constants were found on a labelled corpus of leaks and of clean programs (noise, caches, warm-up,
 * saw-teeth, steps); `isoctl replay` prints the error on any other.
 */
#include "detect/confirm.h"

#include "detect/pieces.h"
#include "detect/rank.h"

#include <math.h>

/* Bins a rise must span: fewer on the finest ring, where they cost the most delay. */
#define RISE_BINS_FINEST 6
#define RISE_BINS        8

/* Share of the headroom that a rise must have used to be worth an alarm: much of it when little is
 * known from before the rise, most when the rise began with the isolate's life (warm-up looks the
 * same), little once the flat stretch before is HISTORY_RATIO times as long as the rise. */
#define SHARE_WARM_UP 0.17
#define SHARE_YOUNG   0.14
#define SHARE_KNOWN   0.045
#define HISTORY_RATIO 4.0

/* A rise of this much of its first level per job is fast: it need not use more than once its first
 * level, however far the limit is. */
#define FAST_PER_JOB 0.03
#define FAST_GAIN    1.0

/* Below these a rise is not one: share of its first level, standard deviations of what is left over
 * by the fit, share of the range that was seen before it. */
#define GAIN_LEVEL 0.08
#define GAIN_SIGMA 5.0
#define GAIN_RANGE 0.6

/* Refused before the expensive statistics when the newest bin alone is below this share of need. */
#define CHEAP_SHARE 0.8

#define Z_MIN       2.5  /* Mann-Kendall: 99.4 % one-sided */
#define Z_QUICK     0.9  /* of Z_MIN, for the variant without ties */
#define Z_ENOUGH    8.0  /* beyond it confidence does not grow */
#define STEPS_RATIO 1.25 /* three constants must miss by this much more than the ramp */

/* Still climbing: the last third rises at least this much of an even third. Levelling off: the
 * quadratic term is this significant, or the second half rises by less than BEND_RATIO of the
 * first. A rise that has used IMMINENT of its headroom is excused for bending, but not for standing
 * still. */
#define CLIMB_SHARE     0.125
#define BEND_T          (-1.5)
#define BEND_T_RATIO    0.95
#define BEND_RATIO      0.55
#define IMMINENT        0.35
#define IMMINENT_RATIO  0.35
#define RATIO_UNBOUNDED 9.0

/* The limit counts only up to here, in first levels and in bytes: a worker of 10 MB under a limit
 * of 4 GiB that grows without end is as ill as under 256 MB, and an unknown limit is such a limit.
 */
#define HEADROOM_LEVELS 32.0
#define HEADROOM_BYTES  (64.0 * 1024 * 1024)

struct past { /* what is known of the time before the rise */
    bool is_known;
    double min, max;
    uint64_t samples;
};

struct candidate {
    const double *bins; /* of the rise, oldest first */
    int count;
    double width; /* samples per bin */
    double limit;
    double ramp_sse;   /* of constant-then-line over all bins of the ring */
    double sigma;      /* what that fit leaves over */
    double first;      /* the level it starts from */
    double need, gain; /* bytes it must have risen and has */
    struct past past;
};

double confirm_headroom(double level, double limit)
{
    double counted = fmax(HEADROOM_LEVELS * level, HEADROOM_BYTES);
    return fmax(0, fmin(limit - level, counted));
}

double confirm_stride(const struct scales *series, int ring, int count, double slope)
{
    double per_job = rank_slope_over(scales_jobs(series, ring, count),
                                     scales_newest(series, ring, count), count);
    return per_job > 0 ? fmax(1, slope / per_job) : 1;
}

static bool is_gate_open(const struct scales_ring *ring, int bins_min, double limit)
{
    if (ring->length < bins_min) {
        return false;
    }
    double newest = ring->bins[ring->length - 1], lowest = newest;
    for (int i = 0; i < ring->length; i++) {
        lowest = fmin(lowest, ring->bins[i]);
    }
    double gain = newest - lowest;
    return gain > GAIN_LEVEL * lowest && gain > SHARE_KNOWN * confirm_headroom(lowest, limit);
}

static void past_take(struct past *past, double value)
{
    past->min = past->is_known ? fmin(past->min, value) : value;
    past->max = past->is_known ? fmax(past->max, value) : value;
    past->is_known = true;
}

/* What came before the rise: the bins before it on its own ring, and on the two coarser rings those
 * that closed before it began. */
static void look_back(const struct scales *series, int ring, struct candidate *candidate)
{
    const struct scales_ring *own = &series->rings[ring];
    struct past *past = &candidate->past;
    past->is_known = false;
    past->samples = (own->closed - (uint64_t)candidate->count) * scales_width(ring);
    for (int i = 0; i < own->length - candidate->count; i++) {
        past_take(past, own->bins[i]);
    }
    for (int coarser = ring + 1; coarser <= ring + 2 && coarser < SCALES_RINGS; coarser++) {
        const struct scales_ring *other = &series->rings[coarser];
        uint64_t number = other->closed - (uint64_t)other->length, width = scales_width(coarser);
        for (int i = 0; i < other->length && (number + (uint64_t)i + 1) * width <= past->samples;
             i++) {
            past_take(past, other->bins[i]);
        }
    }
}

/* Bytes that the rise must have gained. */
static double needed_gain(const struct candidate *rise)
{
    double headroom = confirm_headroom(rise->first, rise->limit);
    double span = rise->count * rise->width, history = (double)rise->past.samples;
    double share = history < 4 * rise->width ? SHARE_WARM_UP : SHARE_YOUNG;
    share -= (share - SHARE_KNOWN) * fmin(1, history / (HISTORY_RATIO * span));
    double need = share * headroom;
    if (rise->bins[rise->count - 1] - rise->first >= FAST_PER_JOB * rise->first * span) {
        need = fmin(need, FAST_GAIN * rise->first);
    }
    double range = rise->past.is_known ? rise->past.max - rise->past.min : 0;
    need = fmax(need, SHARE_KNOWN * headroom);
    need = fmax(need, GAIN_LEVEL * rise->first);
    need = fmax(need, GAIN_SIGMA * rise->sigma);
    return fmax(need, GAIN_RANGE * range);
}

/* The level a gain counts from: where the rise began, or the highest that was seen before. */
static double reference(const struct candidate *rise)
{
    return rise->past.is_known ? fmax(rise->past.max, rise->first) : rise->first;
}

/* A monotone trend, of enough gain measured on the robust line. */
static bool has_trend(struct candidate *rise, struct rank_trend *trend)
{
    if (rank_quick_z(rise->bins, rise->count) < Z_QUICK * Z_MIN) {
        return false;
    }
    rank_measure(rise->bins, rise->count, trend);
    if (trend->z < Z_MIN || trend->slope <= 0 || trend->low <= 0) {
        return false;
    }
    rise->first = fmax(rise->first, trend->start);
    rise->need = needed_gain(rise);
    rise->gain = fmin(trend->end, rise->bins[rise->count - 1]) - reference(rise);
    return rise->gain >= rise->need;
}

/* The same stretch one ring finer, where jumps are not smoothed into slopes. */
static bool is_stairs(const struct scales *series, int ring, const struct candidate *rise)
{
    int finer = ring > 0 ? ring - 1 : 0;
    int count = rise->count * (ring > 0 ? SCALES_RATIO : 1);
    if (count > series->rings[finer].length) {
        count = series->rings[finer].length;
    }
    struct pieces pieces;
    pieces_init(&pieces, scales_newest(series, finer, count), count);
    return pieces_is_stairs(&pieces);
}

/* Student's t of the quadratic term (orthogonal polynomials); negative where the rise bends down.
 */
static double curvature(const double *values, int count)
{
    double middle = (count - 1) / 2.0, mean = rank_mean(values, count);
    double slope = rank_least_squares(values, count);
    double offset = ((double)count * count - 1) / 12;
    double product = 0, norm = 0, left = 0;
    for (int i = 0; i < count; i++) {
        double term = (i - middle) * (i - middle) - offset;
        product += term * values[i];
        norm += term * term;
    }
    double bend = product / norm;
    for (int i = 0; i < count; i++) {
        double term = (i - middle) * (i - middle) - offset;
        double error = values[i] - mean - slope * (i - middle) - bend * term;
        left += error * error;
    }
    double freedom = count > 4 ? count - 3 : 1;
    return bend / sqrt(fmax(left / freedom, 1) / norm);
}

/* False when the rise is coming to its end by itself. */
static bool is_climbing(const struct candidate *rise)
{
    int count = rise->count, third = count / 3 < 2 ? 2 : count / 3;
    double early = rank_mean(rise->bins, third);
    double middle = rank_mean(rise->bins + (count - third) / 2, third);
    double late = rank_mean(rise->bins + count - third, third);
    if (late - middle < CLIMB_SHARE * (late - early)) {
        return false;
    }
    double ratio = middle > early ? (late - middle) / (middle - early) : RATIO_UNBOUNDED;
    bool is_bending =
        ratio < BEND_RATIO || (ratio < BEND_T_RATIO && curvature(rise->bins, count) < BEND_T);
    double headroom = confirm_headroom(rise->first, rise->limit);
    bool is_imminent = rise->gain > IMMINENT * headroom && ratio > IMMINENT_RATIO;
    return !is_bending || is_imminent;
}

static bool is_ramp(const struct scales *series, int ring, const struct pieces *pieces,
                    const struct candidate *rise)
{
    double enough = STEPS_RATIO * rise->ramp_sse;
    if (pieces_steps_sse(pieces, enough) < enough) {
        return false;
    }
    double headroom = confirm_headroom(rise->first, rise->limit);
    if (rise->gain < IMMINENT * headroom && is_stairs(series, ring, rise)) {
        return false;
    }
    return is_climbing(rise);
}

bool confirm_rise(const struct scales *series, int ring, double limit, double ceiling,
                  struct rise *rise)
{
    const struct scales_ring *bins = &series->rings[ring];
    int bins_min = ring == 0 ? RISE_BINS_FINEST : RISE_BINS;
    if (!is_gate_open(bins, bins_min, limit)) {
        return false;
    }
    struct pieces pieces;
    struct rank_trend trend;
    struct candidate candidate = {.limit = limit, .width = (double)scales_width(ring)};
    pieces_init(&pieces, bins->bins, bins->length);
    int onset = pieces_find_onset(&pieces, bins_min, &candidate.ramp_sse);
    candidate.bins = bins->bins + onset;
    candidate.count = bins->length - onset;
    /* Four parameters: the constant, the place of the onset, and the line. */
    int freedom = bins->length > 5 ? bins->length - 4 : 1;
    candidate.sigma = sqrt(candidate.ramp_sse / freedom);
    candidate.first = fmin(candidate.bins[0], candidate.bins[1]);
    look_back(series, ring, &candidate);
    if (ceiling > 0) {
        past_take(&candidate.past, fmin(ceiling, candidate.first));
        past_take(&candidate.past, ceiling);
    }
    double newest = candidate.bins[candidate.count - 1];
    if (newest - reference(&candidate) < CHEAP_SHARE * needed_gain(&candidate) ||
        !has_trend(&candidate, &trend) || !is_ramp(series, ring, &pieces, &candidate)) {
        return false;
    }
    *rise = (struct rise){
        .ring = ring,
        .slope = trend.slope / candidate.width,
        .low = trend.low / candidate.width,
        .high = trend.high / candidate.width,
        .stride = confirm_stride(series, ring, candidate.count, trend.slope / candidate.width),
        .samples = (uint64_t)candidate.count * scales_width(ring),
        .start = trend.start,
        .sigma = candidate.sigma,
        .confidence =
            fmin(0.999, 1 - exp(-0.5 * candidate.gain / candidate.need * fmin(trend.z, Z_ENOUGH))),
    };
    return true;
}
