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
 * known from before the rise (warm-up looks the same), less once the flat stretch before is
 * HISTORY_RATIO times as long as the rise, and little when it then shows within SCALES_BINS jobs.
 */
#define SHARE_YOUNG   0.17
#define SHARE_KNOWN   0.09
#define SHARE_SUDDEN  0.05
#define HISTORY_RATIO 4.0

/* A rise of this much of its first level per job is fast: it need not use more than once its first
 * level, however far the limit is. */
#define FAST_PER_JOB 0.09
#define FAST_GAIN    1.0

/* Below these a rise is not one: share of its first level, standard deviations of what is left over
 * by the fit. */
#define GAIN_LEVEL 0.08
#define GAIN_SIGMA 5.0

/* Refused before the expensive statistics when the newest bin alone is below this share of need. */
#define CHEAP_SHARE 0.8

#define Z_ENOUGH    8.0  /* Mann-Kendall; beyond it confidence does not grow */
#define STEPS_RATIO 1.25 /* three constants must miss by this much more than the ramp */

/* Levelling off: the quadratic term is this significant, and the second half rises by less than
 * BEND_RATIO of the first. */
#define BEND_T     (-1.5)
#define BEND_RATIO 0.95

/* The limit counts only up to here, in first levels and in bytes: a worker of 10 MB under a limit
 * of 4 GiB that grows without end is as ill as under 256 MB, and an unknown limit is such a limit.
 */
#define HEADROOM_LEVELS 32.0
#define HEADROOM_BYTES  (64.0 * 1024 * 1024)

struct past { /* what is known of the time before the rise */
    bool is_known;
    double max;
    uint64_t samples;
};

struct candidate {
    const double *bins; /* of the rise, oldest first */
    int count, ring;
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
    double bins[SCALES_BINS];
    uint64_t jobs[SCALES_BINS];
    scales_copy_jobs(series, ring, count, jobs);
    if (jobs[count - 1] == (uint64_t)(count - 1) * scales_width(ring)) {
        return 1; /* every job was measured */
    }
    scales_copy(series, ring, count, bins);
    double per_job = rank_slope_over(jobs, bins, count);
    return per_job > 0 ? fmax(1, slope / per_job) : 1;
}

/* The least share of the headroom that a rise on this ring can need. */
static double least_share(int ring)
{
    return ring == 0 ? SHARE_SUDDEN : SHARE_KNOWN;
}

static bool is_gate_open(const struct scales *series, int number, int bins_min, double limit)
{
    const float *bins = series->rings[number].bins;
    int length = scales_length(series, number);
    if (length < bins_min) {
        return false;
    }
    float newest = bins[length - 1], least = newest;
    for (int i = 0; i < length; i++) {
        least = bins[i] < least ? bins[i] : least;
    }
    double lowest = (double)least, gain = (double)newest - lowest;
    return gain > GAIN_LEVEL * lowest &&
           gain > least_share(number) * confirm_headroom(lowest, limit);
}

static void past_take(struct past *past, double value)
{
    past->max = past->is_known ? fmax(past->max, value) : value;
    past->is_known = true;
}

/* What came before the rise: the bins before it on its own ring, and on the two coarser rings those
 * that closed before it began. */
static void look_back(const struct scales *series, int ring, struct candidate *candidate)
{
    struct past *past = &candidate->past;
    past->is_known = false;
    past->samples = (scales_closed(series, ring) - (uint64_t)candidate->count) * scales_width(ring);
    for (int i = 0; i < scales_length(series, ring) - candidate->count; i++) {
        past_take(past, (double)series->rings[ring].bins[i]);
    }
    for (int coarser = ring + 1; coarser <= ring + 2 && coarser < SCALES_RINGS; coarser++) {
        int length = scales_length(series, coarser);
        uint64_t first = scales_closed(series, coarser) - (uint64_t)length;
        uint64_t width = scales_width(coarser);
        for (int i = 0; i < length && (first + (uint64_t)i + 1) * width <= past->samples; i++) {
            past_take(past, (double)series->rings[coarser].bins[i]);
        }
    }
}

/* Bytes that the rise must have gained. */
static double needed_gain(const struct candidate *rise)
{
    double headroom = confirm_headroom(rise->first, rise->limit);
    double span = rise->count * rise->width, history = (double)rise->past.samples;
    double least = least_share(rise->ring);
    double share = SHARE_YOUNG - (SHARE_YOUNG - least) * fmin(1, history / (HISTORY_RATIO * span));
    double need = share * headroom;
    if (rise->bins[rise->count - 1] - rise->first >= FAST_PER_JOB * rise->first * span) {
        need = fmin(need, FAST_GAIN * rise->first);
    }
    need = fmax(need, least * headroom); /* a fast one too */
    need = fmax(need, GAIN_LEVEL * rise->first);
    return fmax(need, GAIN_SIGMA * rise->sigma);
}

/* The level a gain counts from: where the rise began, or the highest that was seen before. */
static double reference(const struct candidate *rise)
{
    return rise->past.is_known ? fmax(rise->past.max, rise->first) : rise->first;
}

/* Enough gain, measured on the robust line. */
static bool has_gained(struct candidate *rise, struct rank_trend *trend)
{
    rank_measure(rise->bins, rise->count, trend);
    if (trend->slope <= 0) {
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
    if (count > scales_length(series, finer)) {
        count = scales_length(series, finer);
    }
    double bins[SCALES_BINS];
    struct pieces pieces;
    scales_copy(series, finer, count, bins);
    pieces_init(&pieces, bins, count);
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

/* The rise is coming to its end by itself. */
static bool is_bending(const struct candidate *rise)
{
    int count = rise->count, third = count / 3;
    double early = rank_mean(rise->bins, third);
    double middle = rank_mean(rise->bins + (count - third) / 2, third);
    double late = rank_mean(rise->bins + count - third, third);
    return late - middle < BEND_RATIO * (middle - early) && curvature(rise->bins, count) < BEND_T;
}

static bool is_ramp(const struct scales *series, int ring, const struct pieces *pieces,
                    const struct candidate *rise)
{
    double enough = STEPS_RATIO * rise->ramp_sse;
    return !is_bending(rise) && pieces_steps_sse(pieces, enough) >= enough &&
           !is_stairs(series, ring, rise);
}

bool confirm_rise(const struct scales *series, int ring, double limit, double ceiling,
                  struct rise *rise)
{
    int bins_min = ring == 0 ? RISE_BINS_FINEST : RISE_BINS;
    if (!is_gate_open(series, ring, bins_min, limit)) {
        return false;
    }
    struct pieces pieces;
    struct rank_trend trend;
    struct candidate candidate = {
        .limit = limit, .ring = ring, .width = (double)scales_width(ring)};
    double bins[SCALES_BINS];
    int length = scales_length(series, ring);
    scales_copy(series, ring, length, bins);
    pieces_init(&pieces, bins, length);
    int onset = pieces_find_onset(&pieces, bins_min, &candidate.ramp_sse);
    candidate.bins = bins + onset;
    candidate.count = length - onset;
    /* Four parameters: the constant, the place of the onset, and the line. */
    int freedom = length > 5 ? length - 4 : 1;
    candidate.sigma = sqrt(candidate.ramp_sse / freedom);
    candidate.first = fmin(candidate.bins[0], candidate.bins[1]);
    look_back(series, ring, &candidate);
    if (ceiling > 0) {
        past_take(&candidate.past, fmin(ceiling, candidate.first));
        past_take(&candidate.past, ceiling);
    }
    double newest = candidate.bins[candidate.count - 1];
    if (newest - reference(&candidate) < CHEAP_SHARE * needed_gain(&candidate) ||
        !is_ramp(series, ring, &pieces, &candidate) || !has_gained(&candidate, &trend)) {
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
