/*
 * Cost of the drift detector: nanoseconds per sample on flat noise (what nearly every isolate is)
 * and on a leak that is confirmed again and again (the worst case), and the memory of one job name.
 */
#include "base/clock.h"
#include "detect/drift.h"
#include "detect/judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MB      1048576.0
#define SAMPLES 1000000
#define TABLE   4096 /* noise, made beforehand so that its cost stays out */

static double table[TABLE];

static void fill_table(void)
{
    unsigned state = 1;
    for (int i = 0; i < TABLE; i++) {
        double sum = 0;
        for (int term = 0; term < 12; term++) {
            state = state * 1664525u + 1013904223u;
            sum += state / 4294967296.0;
        }
        table[i] = (sum - 6) * 0.5 * MB; /* nearly normal, deviation 0.5 MB */
    }
}

static double time_samples(double bytes_per_job, int restart_after)
{
    struct drift *drift = drift_new(NULL);
    if (!drift) {
        return NAN;
    }
    uint64_t begin = clock_now_ns();
    for (int i = 0; i < SAMPLES; i++) {
        int job = i % restart_after;
        if (job == 0) {
            drift_recycle(drift, i);
        }
        struct drift_sample sample = {
            .t = i,
            .live = fmax(0, 10 * MB + job * bytes_per_job + table[i % TABLE]),
            .limit = 256 * MB,
        };
        drift_add(drift, &sample);
    }
    double ns = (double)(clock_now_ns() - begin) / SAMPLES;
    drift_free(&drift);
    return ns;
}

int main(void)
{
    fill_table();
    double flat = time_samples(0, SAMPLES), leak = time_samples(1.5 * MB, 160);
    printf("{\"bench\":\"drift\",\"flat_ns_per_sample\":%.1f,\"leak_ns_per_sample\":%.1f,"
           "\"bytes_per_job_name\":%zu}\n",
           flat, leak, sizeof(struct judge));
    return EXIT_SUCCESS;
}
