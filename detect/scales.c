/*
 * The rings of one job name. Invariant: bins are in order of time and contiguous, so the statistics
 * read them as a plain row; shifting 31 doubles is cheaper than teaching all of them to wrap.
 */
#include "detect/scales.h"

#include <math.h>
#include <string.h>

void scales_clear(struct scales *series)
{
    memset(series, 0, sizeof *series);
}

double scales_highest(const struct scales *series)
{
    double highest = 0;
    for (int ring = 0; ring < SCALES_RINGS; ring++) {
        for (int i = 0; i < series->rings[ring].length; i++) {
            highest = fmax(highest, series->rings[ring].bins[i]);
        }
    }
    return highest;
}

uint64_t scales_width(int ring)
{
    uint64_t width = 1;
    for (int i = 0; i < ring; i++) {
        width *= SCALES_RATIO;
    }
    return width;
}

const double *scales_newest(const struct scales *series, int ring, int count)
{
    return series->rings[ring].bins + series->rings[ring].length - count;
}

static double median_of_three(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

const uint64_t *scales_jobs(const struct scales *series, int ring, int count)
{
    return series->rings[ring].jobs + series->rings[ring].length - count;
}

static void push_bin(struct scales_ring *ring, double value, uint64_t jobs)
{
    if (ring->length == SCALES_BINS) {
        memmove(ring->bins, ring->bins + 1, sizeof ring->bins - sizeof ring->bins[0]);
        memmove(ring->jobs, ring->jobs + 1, sizeof ring->jobs - sizeof ring->jobs[0]);
        ring->length--;
    }
    ring->jobs[ring->length] = jobs;
    ring->bins[ring->length++] = value;
    ring->closed++;
}

int scales_add(struct scales *series, double value, uint64_t jobs)
{
    if (series->count++ == 0) {
        series->previous[0] = series->previous[1] = value;
    }
    double mean = median_of_three(series->previous[0], series->previous[1], value);
    series->previous[0] = series->previous[1];
    series->previous[1] = value;
    push_bin(&series->rings[0], mean, jobs);
    int closed = 1;
    for (; closed < SCALES_RINGS; closed++) {
        struct scales_ring *ring = &series->rings[closed];
        ring->pending += mean;
        if (++ring->pending_count < SCALES_RATIO) {
            break;
        }
        mean = ring->pending / SCALES_RATIO;
        ring->pending = 0;
        ring->pending_count = 0;
        push_bin(ring, mean, jobs);
    }
    return closed;
}
