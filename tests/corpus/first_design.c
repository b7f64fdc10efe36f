/*
 * The first design of our detector, whose figures ours had to meet: no cap on the headroom, no
 * memory of what was harmless, one alarm a series. The statistics are those of detect/, the
 * decision is its own. Its constants stand where they are used.
 */
#include "tests/corpus/baselines.h"

#include "detect/pieces.h"
#include "detect/rank.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LIMIT_UNKNOWN (4096 * 1048576.0)

struct hit {
    double slope; /* a sample */
    int ring;
};

struct candidate {
    const double *rise;
    int count, onset;
    double width, on, sigma, limit, ramp;
    double top, range; /* of what came before */
    double before;     /* samples before the onset */
};

static void look_back(const struct scales *series, int ring, struct candidate *it)
{
    double low = INFINITY;
    const float *own = series->rings[ring].bins;
    it->top = -INFINITY;
    it->before = (double)(scales_closed(series, ring) - (uint64_t)it->count) * it->width;
    for (int i = 0; i < it->onset; i++) {
        it->top = fmax(it->top, (double)own[i]);
        low = fmin(low, (double)own[i]);
    }
    for (int other = ring + 1; other <= ring + 2 && other < SCALES_RINGS; other++) {
        const float *coarse = series->rings[other].bins;
        int length = scales_length(series, other);
        double width = (double)scales_width(other);
        double first = (double)scales_closed(series, other) - length;
        for (int i = 0; i < length && (first + i + 1) * width <= it->before; i++) {
            it->top = fmax(it->top, (double)coarse[i]);
            low = fmin(low, (double)coarse[i]);
        }
    }
    it->range = isinf(low) ? 0 : it->top - low;
}

static double need(const struct candidate *it)
{
    double share = it->before < 4 * it->width ? 0.17 : 0.14, room = it->limit - it->on;
    double newest = it->rise[it->count - 1], span = it->count * it->width;
    share -= (share - 0.045) * fmin(1, it->before / (4 * span));
    double gain = share * room;
    if (newest - it->on >= 0.03 * it->on * span) {
        gain = fmin(gain, it->on);
    }
    gain = fmax(fmax(gain, 0.045 * room), 0.08 * it->on);
    return fmax(fmax(gain, 5 * it->sigma), 0.6 * it->range);
}

static bool is_stairs(const struct scales *series, int ring, int count)
{
    int finer = ring > 0 ? ring - 1 : 0, wanted = ring > 0 ? count * SCALES_RATIO : count;
    int length = scales_length(series, finer);
    double bins[SCALES_BINS];
    struct pieces pieces;
    wanted = wanted < length ? wanted : length;
    scales_copy(series, finer, wanted, bins);
    pieces_init(&pieces, bins, wanted);
    return pieces_is_stairs(&pieces);
}

/* Student's t of the quadratic term. */
static double bend(const double *values, int count)
{
    double middle = (count - 1) / 2.0, spread = count * ((double)count * count - 1) / 12 / count;
    double slope = rank_least_squares(values, count), mean = rank_mean(values, count);
    double product = 0, norm = 0, error = 0;
    for (int i = 0; i < count; i++) {
        double term = (i - middle) * (i - middle) - spread;
        product += term * values[i];
        norm += term * term;
    }
    for (int i = 0; i < count; i++) {
        double term = (i - middle) * (i - middle) - spread;
        double off = values[i] - mean - slope * (i - middle) - product / norm * term;
        error += off * off;
    }
    return product / norm / sqrt(fmax(error / fmax(1, count - 3), 1) / norm);
}

static bool is_still_climbing(const struct candidate *it, double gain)
{
    int count = it->count, third = count / 3 > 2 ? count / 3 : 2;
    double first = rank_mean(it->rise, third), last = rank_mean(it->rise + count - third, third);
    double middle = rank_mean(it->rise + (count - third) / 2, third);
    if (last - middle < 0.125 * (last - first)) {
        return false;
    }
    double ratio = middle > first ? (last - middle) / (middle - first) : 9;
    bool is_bent = (bend(it->rise, count) < -1.5 && ratio < 0.95) || ratio < 0.55;
    return !is_bent || (gain > 0.35 * (it->limit - it->on) && ratio > 0.35);
}

static bool confirm(const struct scales *series, int ring, double limit, struct hit *hit)
{
    double bins[SCALES_BINS];
    int length = scales_length(series, ring), least = ring == 0 ? 6 : 8;
    struct candidate it = {.width = (double)scales_width(ring), .limit = limit};
    struct pieces pieces;
    struct rank_trend trend;
    scales_copy(series, ring, length, bins);
    double newest = bins[length - 1];
    pieces_init(&pieces, bins, length);
    it.onset = pieces_find_onset(&pieces, least, &it.ramp);
    it.rise = bins + it.onset;
    it.count = length - it.onset;
    it.on = fmin(it.rise[0], it.rise[1]);
    it.sigma = sqrt(it.ramp / fmax(1, length - 4));
    look_back(series, ring, &it);
    if (newest - fmax(it.top, it.on) < 0.8 * need(&it)) {
        return false;
    }
    rank_measure(it.rise, it.count, &trend);
    if (trend.z < 2.5 || trend.slope <= 0 || trend.low <= 0) {
        return false;
    }
    it.on = fmax(it.on, trend.start);
    double gain = fmin(trend.end, newest) - fmax(it.top, it.on);
    *hit = (struct hit){trend.slope / it.width, ring};
    return gain >= need(&it) && pieces_steps_sse(&pieces, 1.25 * it.ramp) >= 1.25 * it.ramp &&
           (gain >= 0.35 * (limit - it.on) || !is_stairs(series, ring, it.count)) &&
           is_still_climbing(&it, gain);
}

static bool is_open(const struct scales *series, int ring, double limit)
{
    const float *bins = series->rings[ring].bins;
    int length = scales_length(series, ring);
    if (length < (ring == 0 ? 6 : 8)) {
        return false;
    }
    double low = INFINITY, newest = (double)bins[length - 1];
    for (int i = 0; i < length; i++) {
        low = fmin(low, (double)bins[i]);
    }
    return newest - low > 0.045 * (limit - low) && newest - low > 0.08 * low;
}

static void follow(struct baseline_state *state)
{
    double width = (double)scales_width(state->ring);
    if (scales_length(&state->series, state->ring) < 24 ||
        (double)(state->seen - state->confirmed_at) < 24 * width) {
        return;
    }
    if (scales_mean(&state->series, state->ring, 6, 6) -
            scales_mean(&state->series, state->ring, 24, 6) <
        0.2 * state->slope * 18 * width) {
        state->is_rising = false;
    }
}

static void take(struct baseline_state *state, const struct hit *hit)
{
    if (!state->has_fired) {
        state->slope = hit->slope;
        state->ring = hit->ring;
        state->confirmed_at = state->seen;
    }
    state->has_fired = state->is_rising = true;
}

bool first_design_add(struct baseline_state *state, double live, double limit, double threshold)
{
    (void)threshold;
    struct hit hit;
    bool is_hit = false;
    double end = isnan(limit) ? LIMIT_UNKNOWN : limit;
    state->seen++;
    int closed = scales_add(&state->series, live, state->series.count + 1);
    for (int ring = 0; ring < closed && !is_hit; ring++) {
        is_hit = is_open(&state->series, ring, end) && confirm(&state->series, ring, end, &hit);
    }
    if (is_hit) {
        take(state, &hit);
    } else if (state->is_rising) {
        follow(state);
    }
    return state->is_rising;
}

bool first_design_recycle(struct baseline_state *state, double limit)
{
    double end = isnan(limit) ? LIMIT_UNKNOWN : limit;
    struct rank_trend whole = {0}, second = {0};
    for (int ring = SCALES_RINGS - 1; ring >= 0; ring--) {
        double bins[SCALES_BINS];
        int length = scales_length(&state->series, ring);
        int skip = scales_closed(&state->series, ring) <= SCALES_BINS ? length / 3 : 0;
        int count = length - skip;
        if (count < 8) {
            continue;
        }
        scales_copy(&state->series, ring, count, bins);
        rank_measure(bins, count, &whole);
        rank_measure(bins + count / 2, count - count / 2, &second);
        bool is_vote = whole.z > 2.5 && second.slope > 0.6 * whole.slope;
        state->votes = is_vote ? state->votes + 1 : 0;
        state->voted = is_vote ? state->voted + whole.slope * count : 0;
        if (state->votes >= 3 && !state->has_fired && state->voted > 0.05 * bins[0] &&
            state->voted > 0.14 * (end - bins[0])) {
            struct hit hit = {whole.slope / (double)scales_width(ring), ring};
            take(state, &hit);
        }
        break;
    }
    scales_clear(&state->series);
    return state->is_rising;
}
