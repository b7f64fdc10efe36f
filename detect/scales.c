/*
 * The rings of one job name. Invariant: bins are in order of time and contiguous, so the statistics
 * read them as a plain row; shifting 31 floats is cheaper than teaching all of them to wrap. How
 * many there are follows from the number of samples alone.
 */
#include "detect/scales.h"

#include <math.h>
#include <string.h>

void scales_clear(struct scales *series)
{
    memset(series, 0, sizeof *series);
}

uint64_t scales_width(int ring)
{
    return UINT64_C(1) << (2 * ring); /* SCALES_RATIO to the power of `ring` */
}

uint64_t scales_closed(const struct scales *series, int ring)
{
    return series->count / scales_width(ring);
}

int scales_length(const struct scales *series, int ring)
{
    uint64_t closed = scales_closed(series, ring);
    return closed < SCALES_BINS ? (int)closed : SCALES_BINS;
}

double scales_highest(const struct scales *series)
{
    double highest = 0;
    for (int ring = 0; ring < SCALES_RINGS; ring++) {
        for (int i = 0, length = scales_length(series, ring); i < length; i++) {
            highest = fmax(highest, (double)series->rings[ring].bins[i]);
        }
    }
    return highest;
}

void scales_copy(const struct scales *series, int ring, int count, double *bins)
{
    const float *newest = series->rings[ring].bins + scales_length(series, ring) - count;
    for (int i = 0; i < count; i++) {
        bins[i] = (double)newest[i];
    }
}

void scales_copy_jobs(const struct scales *series, int ring, int count, uint64_t *jobs)
{
    const uint32_t *newest = series->rings[ring].jobs + scales_length(series, ring) - count;
    for (int i = 0; i < count; i++) {
        jobs[i] = newest[i] - newest[0]; /* wraps as the counter does */
    }
}

double scales_mean(const struct scales *series, int ring, int back, int count)
{
    const float *bins = series->rings[ring].bins + scales_length(series, ring) - back;
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += (double)bins[i];
    }
    return sum / count;
}

static double median_of_three(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* The `closed`-th bin of this ring, from 1. */
static void push_bin(struct scales_ring *ring, uint64_t closed, double value, uint64_t jobs)
{
    uint64_t place = closed - 1;
    if (closed > SCALES_BINS) {
        memmove(ring->bins, ring->bins + 1, sizeof ring->bins - sizeof ring->bins[0]);
        memmove(ring->jobs, ring->jobs + 1, sizeof ring->jobs - sizeof ring->jobs[0]);
        place = SCALES_BINS - 1;
    }
    ring->bins[place] = (float)value;
    ring->jobs[place] = (uint32_t)jobs;
}

int scales_add(struct scales *series, double value, uint64_t jobs)
{
    if (series->count++ == 0) {
        series->previous[0] = series->previous[1] = value;
    }
    double mean = median_of_three(series->previous[0], series->previous[1], value);
    series->previous[0] = series->previous[1];
    series->previous[1] = value;
    push_bin(&series->rings[0], series->count, mean, jobs);
    int closed = 1;
    for (uint64_t count = series->count; closed < SCALES_RINGS; closed++) {
        struct scales_ring *ring = &series->rings[closed];
        ring->pending += mean;
        if (count % SCALES_RATIO != 0) {
            break;
        }
        count /= SCALES_RATIO;
        mean = ring->pending / SCALES_RATIO;
        ring->pending = 0;
        push_bin(ring, count, mean, jobs);
    }
    return closed;
}
