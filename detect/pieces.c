/*
 * Piecewise least squares over at most PIECES_VALUES_MAX values by prefix sums. Pure; scratch is on
 * the stack. Invariant: 0 <= from < to <= count in every fit that is asked for.
 */
#include "detect/pieces.h"

#include "base/check.h"

#include <math.h>

/* A constant before the line must improve the fit by this much, or the rise counts from the start:
 * two more parameters always help a little. */
#define ONSET_GAIN 0.98

/* A constant piece before the onset has at least two values: one is an outlier. */
#define ONSET_FIRST 2

/* Jumps that pieces_is_stairs() tries: four is a cache filled in a few gulps; more is a ramp. */
#define JUMPS_MAX 4

/* Errors are in bytes squared; below one byte two fits are equally exact. */
#define SSE_FLOOR 1.0

void pieces_init(struct pieces *pieces, const double *values, int count)
{
    CHECK(count >= 2 && count <= PIECES_VALUES_MAX);
    pieces->count = count;
    pieces->sum[0] = pieces->square[0] = pieces->moment[0] = 0;
    for (int i = 0; i < count; i++) {
        double value = values[i] - values[0];
        pieces->sum[i + 1] = pieces->sum[i] + value;
        pieces->square[i + 1] = pieces->square[i] + value * value;
        pieces->moment[i + 1] = pieces->moment[i] + i * value;
    }
}

double pieces_constant_sse(const struct pieces *pieces, int from, int to)
{
    double sum = pieces->sum[to] - pieces->sum[from];
    return fmax(0, pieces->square[to] - pieces->square[from] - sum * sum / (to - from));
}

double pieces_line_sse(const struct pieces *pieces, int from, int to)
{
    double n = to - from, middle = (from + to - 1) / 2.0;
    double sum = pieces->sum[to] - pieces->sum[from];
    double slope_part = pieces->moment[to] - pieces->moment[from] - middle * sum;
    double spread = n * (n * n - 1) / 12;
    return fmax(0, pieces_constant_sse(pieces, from, to) - slope_part * slope_part / spread);
}

int pieces_find_onset(const struct pieces *pieces, int line_min, double *sse)
{
    int onset = 0;
    *sse = pieces_line_sse(pieces, 0, pieces->count);
    for (int split = ONSET_FIRST; split <= pieces->count - line_min; split++) {
        double error =
            pieces_constant_sse(pieces, 0, split) + pieces_line_sse(pieces, split, pieces->count);
        if (error < *sse * ONSET_GAIN) {
            onset = split;
            *sse = error;
        }
    }
    return onset;
}

double pieces_steps_sse(const struct pieces *pieces, double enough)
{
    int count = pieces->count;
    double best = INFINITY;
    for (int first = 1; first < count - 1 && best >= enough; first++) {
        double before = pieces_constant_sse(pieces, 0, first);
        if (before >= best) {
            break; /* it only grows with `first` */
        }
        for (int second = first + 1; second < count; second++) {
            best = fmin(best, before + pieces_constant_sse(pieces, first, second) +
                                  pieces_constant_sse(pieces, second, count));
        }
    }
    return best;
}

struct stair {
    int from, to;
};

/* The split of one of `stairs` that removes the most error; returns what it removes. */
static double find_jump(const struct pieces *pieces, const struct stair *stairs, int count,
                        int *which, int *at)
{
    double best = 0;
    for (int i = 0; i < count; i++) {
        int from = stairs[i].from, to = stairs[i].to;
        double whole = pieces_constant_sse(pieces, from, to);
        for (int split = from + 1; split < to; split++) {
            double removed = whole - pieces_constant_sse(pieces, from, split) -
                             pieces_constant_sse(pieces, split, to);
            if (removed > best) {
                best = removed;
                *which = i;
                *at = split;
            }
        }
    }
    return best;
}

bool pieces_is_stairs(const struct pieces *pieces)
{
    int count = pieces->count, which = 0, at = 0;
    struct stair stairs[JUMPS_MAX + 1] = {{0, count}};
    double line = fmax(SSE_FLOOR, pieces_line_sse(pieces, 0, count));
    double left = pieces_constant_sse(pieces, 0, count);
    for (int jumps = 1; jumps <= JUMPS_MAX; jumps++) {
        double removed = find_jump(pieces, stairs, jumps, &which, &at);
        if (removed <= 0) {
            return false;
        }
        stairs[jumps] = (struct stair){at, stairs[which].to};
        stairs[which].to = at;
        left -= removed;
        /* A jump has a place and a height, the line one slope: 2 jumps - 1 more parameters. */
        if (count * log(line / fmax(SSE_FLOOR, left)) > (2 * jumps - 1) * log(count)) {
            return true;
        }
    }
    return false;
}
